/** What a type is held to about changes: those that Muster makes, and those that it is told of. */
import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, type JsonObject, type Observed, sameJson } from "@muster/model";
import { methods } from "../wire/methods.ts";
import { listen } from "./hints.ts";
import { leastProperty, othersOf, propertyNames } from "./sample.ts";
import { demand, NotOffered, type Statement } from "./statement.ts";
import type { Subject } from "./subject.ts";
import { ctx, type Made } from "./things.ts";

export function changeStatements(subject: Subject): readonly Statement[] {
  const { type, provider, things, muster } = subject;
  const keys = Object.keys(type.effects).filter((key) => isChangeable(subject, key));
  const forMuster: readonly Statement[] = [
    {
      says: "what has nothing to say is answered with an object, never with null",
      next: "Answer `{}` where there is nothing to tell: some clients fail on null.",
      async check() {
        const { id } = await things.make();
        for (const method of [methods.destroy.name, ...(provider.read === undefined ? [] : [methods.read.name])]) {
          const answer = await subject.raw.rpc(method, { type: type.name, id });
          demand(answer.kind === "result", `{} from ${method}`, answer);
        }
      },
    },
    ...hintStatements(subject),
  ];
  return [
    {
      says: "update changes what `effects` calls in-place or restart, and nothing else",
      next: "Offer update for these properties and show them as they are; or leave them out of `effects`.",
      async check() {
        if (keys.length === 0) throw new NotOffered("`effects` names nothing that can be changed on a living thing");
        demand(provider.update !== undefined, `update, for ${keys.join(", ")}`, "update is not offered");
        for (const key of keys) await updated(subject, key);
      },
    },
    ...(muster ? forMuster : []),
  ];
}

/** What is never shown is tried otherwise. */
function isChangeable({ type }: Subject, key: string): boolean {
  const unreadable: readonly string[] = type.unreadable ?? [];
  if (unreadable.includes(key)) return false;
  const effect: unknown = Object.entries(type.effects).find(([name]) => name === key)?.[1];
  return effect === "in-place" || effect === "restart";
}

async function updated(subject: Subject, key: string): Promise<void> {
  const { provider, sample, things } = subject;
  const want = withProperty(subject, things.want(), key);
  const value = want[key] ?? null;
  const property = propertiesOf(sample.jsonSchema)[key];
  const other = othersOf(value, property).find((each) => sample.accepts({ ...want, [key]: each }));
  if (other === undefined) throw new NotOffered(`no second value for \`${key}\` could be made up`);
  const made = await things.make({}, want);
  const before = await shows(subject, made, key, value);
  const { [key]: _, ...rest } = declarable(subject, want, before.properties);
  await provider.update?.(before, { ...rest, [key]: other }, ctx);
  const after = await shows(subject, made, key, other);
  demand(isDeepStrictEqual(after.tags, before.tags), "the tags as they were", after.tags);
  const { [key]: __, ...left } = declarable(subject, want, after.properties);
  demand(isDeepStrictEqual(left, rest), "the other properties as they were", left);
}

/** The wanted properties with this one among them. */
export function withProperty({ sample }: Subject, want: JsonObject, key: string): JsonObject {
  if (key in want || !propertyNames(sample.jsonSchema).includes(key)) return want;
  const more = { ...want, [key]: leastProperty(sample.jsonSchema, key) };
  return sample.accepts(more) ? more : want;
}

async function shows({ things }: Subject, { id }: Made, key: string, value: Json): Promise<Observed> {
  const seen = await things.until(
    () => things.see(id),
    (each) => each !== undefined && sameJson(each.properties[key], value),
    `${id} to show \`${key}\` as ${JSON.stringify(value)}`,
  );
  demand(seen !== undefined, `${id} to be there`, seen);
  return seen;
}

const HINTS =
  "Answer GET /hints with server-sent events: `: here` at once, then the type's name as `data` for every change.";

/** A claimed type may stop looking where it destroyed something itself: nobody needs to be told. */
function hintStatements(subject: Subject): readonly Statement[] {
  const { provider, things, type } = subject;
  const created: Statement = {
    says: "a hint follows when something is created",
    next: HINTS,
    async check() {
      if (provider.watch === undefined) {
        demand(!type.local, "hints, because it calls itself `local`", "watch is not offered");
        throw new NotOffered("watch is not offered");
      }
      await listening(subject, async (hint) => {
        await things.make();
        await hint("after a create");
      });
    },
  };
  const destroyed: Statement = {
    says: "a hint follows when something is destroyed",
    next: HINTS,
    async check() {
      if (provider.watch === undefined) throw new NotOffered("watch is not offered");
      const { id } = await things.make();
      await listening(subject, async (hint) => {
        await things.destroy(id);
        await hint("after a destroy");
      });
    },
  };
  return subject.known === "tags" ? [created, destroyed] : [created];
}

/** Runs with an ear at the stream of hints, which has been quiet for a moment. */
async function listening(
  { raw, type }: Subject,
  run: (hint: (when: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const over = new AbortController();
  const hints = listen(raw, over.signal);
  try {
    await hints.next((line) => line.startsWith(":"), "a line as soon as the stream is open, such as `: here`");
    await hints.rest();
    await run((when) => hints.next((line) => line === `data: ${type.name}`, `\`data: ${type.name}\` ${when}`));
  } finally {
    over.abort();
  }
}

function propertiesOf(jsonSchema: JsonObject): JsonObject {
  return isObject(jsonSchema["properties"]) ? jsonSchema["properties"] : {};
}

/** Without what is only shown: an address that was handed out cannot be wanted, and may follow what is changed. */
function declarable({ sample }: Subject, want: JsonObject, properties: Partial<JsonObject>): JsonObject {
  const entries = Object.entries(properties).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return Object.fromEntries(entries.filter(([key, value]) => sample.accepts({ ...want, [key]: value })));
}
