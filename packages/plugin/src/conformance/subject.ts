import { isObject, type Json, type JsonObject, messageOf } from "@muster/model";
import { z } from "zod";
import type { ClaimedProvider, ClaimedType, FailureKind, TaggedProvider, TaggedType } from "../contract.ts";
import { FAILURE_KINDS, ProviderError } from "../contract.ts";
import type { Raw } from "./raw.ts";
import { leastValue, rubbishFor } from "./sample.ts";
import { demand } from "./statement.ts";
import type { TaggedThings, Things } from "./things.ts";

interface SubjectBase {
  /** It speaks Muster's own wire, and is held to all that the contract says; InfraKit's knew less. */
  readonly muster: boolean;
  readonly raw: Raw;
  readonly sample: Sample;
}

/** A type that is being tried. */
export type Subject =
  | (SubjectBase & {
      readonly known: "tags";
      readonly type: TaggedType;
      readonly provider: TaggedProvider;
      readonly things: TaggedThings;
    })
  | (SubjectBase & {
      readonly known: "claim";
      readonly type: ClaimedType;
      readonly provider: ClaimedProvider;
      readonly things: Things;
    });

export type TaggedSubject = Extract<Subject, { known: "tags" }>;
export type ClaimedSubject = Extract<Subject, { known: "claim" }>;

/** Properties that a schema accepts, and such that it refuses. */
export interface Sample {
  readonly good: JsonObject;
  /** Undefined when nothing could be found that the schema refuses. */
  readonly rubbish: JsonObject | undefined;
  readonly jsonSchema: JsonObject;
  accepts(properties: JsonObject): boolean;
}

export interface SampleOptions {
  /** Used where the schema accepts it; else the least value is made up, which may not be enough. */
  readonly given?: JsonObject | undefined;
  /** The schema as its plugin has it; it is made from the other one unless told. */
  readonly jsonSchema?: JsonObject | undefined;
  /** The property that names the thing: it is left as it is, also among rubbish. */
  readonly naming?: string;
}

export function sampleFor(schema: z.ZodType, { given, naming, ...told }: SampleOptions = {}): Sample {
  const jsonSchema = told.jsonSchema ?? z.record(z.string(), z.json()).parse(z.toJSONSchema(schema, { io: "input" }));
  const accepts = (properties: Json) => schema.safeParse(properties).success;
  const acceptsNamed = (properties: JsonObject) => accepts(withName(properties, naming));
  const good = given !== undefined && acceptsNamed(given) ? given : madeUp(jsonSchema, naming, acceptsNamed);
  const rubbish = rubbishFor(jsonSchema, good).find((each) => !acceptsNamed(each) && isNamed(each, good, naming));
  return { good, rubbish, jsonSchema, accepts };
}

/** Where things are known by their names, each has one of its own, if the schema takes such a one. */
function madeUp(
  jsonSchema: JsonObject,
  naming: string | undefined,
  accepts: (properties: JsonObject) => boolean,
): JsonObject {
  const least = leastValue(jsonSchema);
  const good = isObject(least) ? least : {};
  const named = naming === undefined ? good : { ...good, [naming]: "{id}" };
  return accepts(named) ? named : good;
}

/** As one thing of several would be called: not every name can hold the sign that stands for a word of its own. */
function withName(properties: JsonObject, naming: string | undefined): JsonObject {
  const name = naming === undefined ? undefined : properties[naming];
  if (naming === undefined || typeof name !== "string") return properties;
  return { ...properties, [naming]: name.replaceAll("{id}", "conformance") };
}

function isNamed(each: JsonObject, good: JsonObject, naming: string | undefined): boolean {
  return naming === undefined || each[naming] === good[naming];
}

export const KNOWN_KINDS = FAILURE_KINDS.join(", ");

export function isKnownKind(kind: Json | undefined): boolean {
  return FAILURE_KINDS.some((known) => known === kind);
}

/** Demands that a call fails, and in this way. */
export async function demandFailure(kind: FailureKind, call: () => Promise<unknown>): Promise<void> {
  const failure = await call().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  demand(failure !== undefined, `an error of kind \`${kind}\``, "no error");
  const came = failure instanceof ProviderError ? `kind \`${failure.kind}\`: ${failure.message}` : messageOf(failure);
  demand(failure instanceof ProviderError && failure.kind === kind, `an error of kind \`${kind}\``, came);
}
