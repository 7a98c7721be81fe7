/** What a type is held to whose things are declared for themselves: what it says of single properties must be so. */
import { isDeepStrictEqual } from "node:util";
import type { JsonObject, Observed } from "@muster/model";
import { othersOf, propertyNames } from "./sample.ts";
import { demand, NotOffered, type Statement } from "./statement.ts";
import type { ClaimedSubject, Subject } from "./subject.ts";
import { ctx, type Made, withDigests } from "./things.ts";
import { withProperty } from "./type-changes.ts";
import { counted } from "./type-schema.ts";

/** InfraKit's plugins say nothing of all this. */
export function resourceStatements(subject: Subject): readonly Statement[] {
  if (!subject.muster) return [];
  return [
    subject.known === "tags" ? namingStatement(subject) : listStatement(subject),
    unreadableStatement(subject),
    outputsStatement(subject),
    assessStatement(subject),
    refreshStatement(subject),
  ];
}

function namingStatement(subject: Subject): Statement {
  return {
    says: "it shows the name that it was made with",
    next: "Show the property that `naming` tells as it was given: by it a thing is found that bears no mark yet.",
    async check() {
      const { naming } = subject.type;
      if (naming === undefined) throw new NotOffered("`naming` is not told");
      const want = withProperty(subject, subject.things.want(), naming);
      const { properties } = await there(subject, await subject.things.make({}, want));
      demand(properties[naming] === want[naming], `\`${naming}\` to be ${want[naming]}`, properties[naming]);
    },
  };
}

function listStatement({ provider, things }: ClaimedSubject): Statement {
  return {
    says: "a list shows everything, and everything once",
    next: "List all that there is, whoever made it, each under the id by which it is read.",
    async check() {
      if (provider.list === undefined) throw new NotOffered("list is not offered");
      const made = [await things.make(), await things.make()];
      const listed: string[] = [];
      for await (const page of provider.list(ctx)) listed.push(...page.map(({ id }) => id));
      const missing = made.find(({ id }) => !listed.includes(id));
      demand(missing === undefined, "everything that is there", `${missing?.id} is missing`);
      const twice = listed.find((id, at) => listed.indexOf(id) !== at);
      demand(twice === undefined, "everything once", `${twice} twice`);
    },
  };
}

function unreadableStatement(subject: Subject): Statement {
  const { type, provider, things, sample } = subject;
  return {
    says: "what is never shown is not shown; its digest is, as it was told last",
    next: "Keep the `digests` of a create and of an update with the thing, and show them; leave out the property itself.",
    async check() {
      const [key] = type.unreadable ?? [];
      if (key === undefined) throw new NotOffered("everything is shown");
      const want = withProperty(subject, things.want(), key);
      const value = want[key];
      demand(value !== undefined, `a value for \`${key}\`: give one with --properties`, want);
      const made = await things.make({}, want, { [key]: "first" });
      const before = await showsDigest(subject, made, key, "first");
      demand(before.properties[key] === undefined, `\`${key}\` not to be shown`, "it is");
      const other = othersOf(value, undefined).find((each) => sample.accepts({ ...want, [key]: each }));
      if (provider.update === undefined || other === undefined || !isChangedInPlace(subject, key)) return;
      await provider.update(before, { ...want, [key]: other }, withDigests({ [key]: "second" }));
      await showsDigest(subject, made, key, "second");
    },
  };
}

function isChangedInPlace({ type }: Subject, key: string): boolean {
  const [, effect] = Object.entries(type.effects).find(([name]) => name === key) ?? [];
  return effect === "in-place" || effect === "restart";
}

function outputsStatement(subject: Subject): Statement {
  const { type, things, sample } = subject;
  return {
    says: "what can be read of it besides is what it says, of the kinds that it says",
    next: "Name in `outputs` all that is shown and cannot be declared, each as it is shown.",
    async check() {
      const { outputs } = type;
      if (outputs === undefined) throw new NotOffered("`outputs` are not told");
      const known = [...propertyNames(sample.jsonSchema)];
      const { properties } = await there(subject, await things.make());
      const besides = Object.entries(properties).filter(([key]) => !known.includes(key));
      const issues = outputs.safeParse(Object.fromEntries(besides)).error?.issues ?? [];
      // One that is not shown yet is no mistake.
      const wrong = issues.find(({ path: [first] }) => first === undefined || besides.some(([key]) => key === first));
      demand(wrong === undefined, "what `outputs` says", `${wrong?.path.join(".")}: ${wrong?.message}`);
    },
  };
}

function assessStatement(subject: Subject): Statement {
  const { provider, things } = subject;
  return {
    says: "assess says what making a thing and what keeping it would mean, and changes nothing",
    next: "Let assess look only, and answer `{}` where the type has said it all.",
    async check() {
      const { assess } = provider;
      if (assess === undefined) throw new NotOffered("assess is not offered");
      const before = await counted(subject);
      await assess(undefined, things.want(), ctx);
      demand((await counted(subject)) === before, "as many things as before", "more or fewer");
      const made = await things.make();
      const seen = await there(subject, made);
      await assess(seen, made.want, ctx);
      const { properties } = await there(subject, made);
      demand(isDeepStrictEqual(properties, seen.properties), "the thing as it was", properties);
    },
  };
}

function refreshStatement(subject: Subject): Statement {
  const { provider, things } = subject;
  return {
    says: "refresh leaves a thing as it is declared",
    next: "Do what is to be done when something has changed that the thing rests on, and keep its properties.",
    async check() {
      const { refresh } = provider;
      if (refresh === undefined) throw new NotOffered("refresh is not offered");
      const made = await things.make();
      const seen = await there(subject, made);
      await refresh(seen, made.want, ctx);
      const after = wantedOf(await there(subject, made), made);
      demand(isDeepStrictEqual(after, wantedOf(seen, made)), "its properties as they were", after);
    },
  };
}

/** What is seen of what was wanted. */
function wantedOf({ properties }: Observed, { want }: Made): Partial<JsonObject> {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => Object.hasOwn(want, key)));
}

async function there({ things }: Subject, { id }: Made): Promise<Observed> {
  const seen = await things.until(
    () => things.see(id),
    (each) => each !== undefined,
    `${id} to be there`,
  );
  demand(seen !== undefined, `${id} to be there`, seen);
  return seen;
}

async function showsDigest({ things }: Subject, { id }: Made, key: string, digest: string): Promise<Observed> {
  const seen = await things.until(
    () => things.see(id),
    (each) => each?.digests?.[key] === digest,
    `${id} to show the digest of \`${key}\` that it was given`,
  );
  demand(seen !== undefined, `${id} to be there`, seen);
  return seen;
}
