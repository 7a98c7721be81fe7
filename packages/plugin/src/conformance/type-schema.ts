/** What any type is held to before anything is made: that it knows good properties from bad ones. */
import type { JsonObject } from "@muster/model";
import { demand, NotOffered, type Statement } from "./statement.ts";
import { demandFailure, type Subject } from "./subject.ts";
import { ctx, everything } from "./things.ts";

export function schemaStatements(subject: Subject): readonly Statement[] {
  const { muster, provider, sample, things } = subject;
  return [
    {
      says: "its schema accepts the sample",
      next: "Give properties that it accepts: `--properties JSON`, as under a group's template.",
      gate: true,
      async check() {
        demand(sample.accepts(things.want()), "properties to try it with", `${JSON.stringify(sample.good)} is refused`);
      },
    },
    ...(muster ? rubbishStatements(subject) : []),
    {
      says: "validate accepts the sample and makes nothing",
      next: "Let validate look only. If the sample is not enough, give properties with `--properties JSON`.",
      gate: true,
      async check() {
        if (provider.validate === undefined) throw new NotOffered("validate is not offered");
        const before = await counted(subject);
        await provider.validate(things.want());
        demand((await counted(subject)) === before, "as many things as before", "more or fewer");
      },
    },
  ];
}

function rubbishStatements(subject: Subject): readonly Statement[] {
  const { provider, sample, things } = subject;
  const { rubbish } = sample;
  return [
    {
      says: "its schema refuses what is of the wrong kind",
      next: "Say in the schema what each property is, and `additionalProperties: false`: a slip of the hand is found by it.",
      async check() {
        demand(rubbish !== undefined, "a schema that refuses something", sample.jsonSchema);
      },
    },
    {
      says: "validate refuses what the schema refuses, as `invalid`",
      next: "Check against the schema in the plugin too, and answer with `data.kind: invalid`.",
      async check() {
        if (provider.validate === undefined) throw new NotOffered("validate is not offered");
        if (rubbish === undefined) throw new NotOffered("the schema refuses nothing");
        const { validate } = provider;
        await demandFailure("invalid", () => validate(rubbish));
      },
    },
    {
      says: "create refuses what the schema refuses, and makes nothing",
      next: "Check against the schema before anything is made.",
      async check() {
        if (rubbish === undefined) throw new NotOffered("the schema refuses nothing");
        const before = await counted(subject);
        await demandFailure("invalid", () => things.make({}, rubbishOf(subject, rubbish)));
        demand((await counted(subject)) === before, "as many things as before", "more or fewer");
      },
    },
  ];
}

/** The rubbish under a name of this run's own, where a name is asked for. */
function rubbishOf(subject: Subject, rubbish: JsonObject): JsonObject {
  if (subject.known === "tags") return rubbish;
  const { naming } = subject.type;
  return { ...subject.things.want(), ...rubbish, [naming]: subject.things.want()[naming] ?? "" };
}

/** How many there are; of a claimed type, whether the next name is taken. */
export async function counted(subject: Subject): Promise<number> {
  if (subject.known === "claim") {
    const { type, provider, things } = subject;
    return (await provider.read(String(things.want()[type.naming]), ctx)) === undefined ? 0 : 1;
  }
  return (await everything(subject.provider, {})).length;
}
