import type { JsonObject } from "@muster/model";
import type { PluginConnection } from "../client/connect.ts";
import type { Io, Type } from "../contract.ts";
import type { Raw } from "./raw.ts";
import type { StatementResult } from "./result.ts";
import { demand, type Statement, tryAll } from "./statement.ts";
import { type Subject, sampleFor } from "./subject.ts";
import { claimedThings, type Things, taggedThings } from "./things.ts";
import { changeStatements } from "./type-changes.ts";
import { consoleStatements } from "./type-console.ts";
import { createStatement, lifeStatements, nameStatement } from "./type-life.ts";
import { resourceStatements } from "./type-resources.ts";
import { schemaStatements } from "./type-schema.ts";
import { streamStatements } from "./type-streams.ts";
import { tagStatements } from "./type-tags.ts";
import { toolStatements } from "./type-tools.ts";

interface With {
  readonly raw: Raw;
  readonly io: Io;
  readonly properties?: JsonObject;
  /** Of the type, as its plugin tells it. */
  readonly jsonSchema?: JsonObject;
  readonly patience?: number;
}

/** Beyond `settleMs`, in milliseconds: the plugin has other things to do as well. */
const MORE = 3_000;

/** Tries a type from its schema to its last thing, and leaves nothing behind. */
export async function* tryType(
  type: Type,
  { dialect }: PluginConnection,
  options: With,
): AsyncGenerator<StatementResult> {
  const about = `type ${type.name}`;
  const found: { subject?: Subject } = {};
  const opening: Statement = {
    says: "it can be listed or read",
    next: "Answer the list of everything that bears no tags in particular.",
    gate: true,
    async check() {
      found.subject = await subjectOf(type, dialect === "muster", options);
    },
  };
  if (!(yield* tryAll(about, [opening])) || found.subject === undefined) return;
  const { things } = found.subject;
  let finished = false;
  try {
    yield* tryAll(about, statementsOf(found.subject), things.tidy);
    yield* tryAll(about, endStatements(things));
    finished = true;
  } finally {
    // Nobody read on to the statement that looks for what is left.
    if (!finished) await things.left();
  }
}

async function subjectOf(type: Type, muster: boolean, options: With): Promise<Subject> {
  const { raw, io, properties, jsonSchema, patience = type.settleMs + MORE } = options;
  const run = Buffer.from(io.randomBytes(8)).toString("hex");
  if (type.known === "tags") {
    const provider = await type.open({}, io);
    const sample = sampleFor(type.schema, { given: properties, jsonSchema });
    const things = await taggedThings(provider, sample.good, patience, run);
    return { known: "tags", muster, raw, sample, type, provider, things };
  }
  const { naming } = type;
  const provider = await type.open({}, io);
  const sample = sampleFor(type.schema, { given: properties, jsonSchema, naming });
  const things = claimedThings(provider, { sample: sample.good, naming }, patience, run);
  return { known: "claim", muster, raw, sample, type, provider, things };
}

function statementsOf(subject: Subject): readonly Statement[] {
  const begin = [...schemaStatements(subject), createStatement(subject)];
  const end = [
    ...lifeStatements(subject),
    ...changeStatements(subject),
    ...resourceStatements(subject),
    ...streamStatements(subject),
    ...consoleStatements(subject),
    ...toolStatements(subject),
  ];
  switch (subject.known) {
    case "tags":
      return [...begin, ...tagStatements(subject), ...end];
    case "claim":
      return [...begin, nameStatement(subject), ...end];
  }
}

function endStatements(things: Things): readonly Statement[] {
  return [
    {
      says: "nothing is left of what the kit made",
      next: "Destroy these by hand, and see why destroy did not.",
      async check() {
        const left = await things.left();
        demand(left.length === 0, "nothing", left);
      },
    },
    {
      says: "what was there before is still there",
      next: "Destroy only the thing of the id that is given. (Or did somebody else take it away meanwhile?)",
      async check() {
        const missed = await things.missed();
        demand(missed.length === 0, "everything that was there before", `missing: ${missed.join(", ")}`);
      },
    },
  ];
}
