import { isObject, type Json, type JsonObject, messageOf, type Observed, type Tags } from "@muster/model";
import { type InstanceSpec, LOGICAL_ID, ProviderError, wantOf } from "@muster/plugin";

/** An instance as it is written down, and as it will be read back. */
export interface InstanceRecord {
  readonly text: string;
  readonly instance: Observed<InstanceSpec>;
}

/** InfraKit's own form of an instance's file, so that its programs can read it. */
export function recordOf(id: string, want: InstanceSpec, given: Tags, now: number): InstanceRecord {
  const tags = { ...want.tags, ...given };
  const logicalId = tags[LOGICAL_ID] ?? null;
  const spec = {
    Properties: want.properties ?? {},
    Tags: tags,
    Init: want.init ?? "",
    LogicalID: logicalId,
    Attachments: want.attachments?.map((each) => ({ ID: each.id, Type: each.type })) ?? null,
  };
  return {
    text: textOf({ ID: id, LogicalID: logicalId, Tags: tags, Spec: spec }),
    instance: { id, tags, phase: "running", properties: withoutEmpty(want), since: now },
  };
}

/** As `wantOf` reads it back, without the cost of reading. */
function withoutEmpty({ properties = {}, init, attachments = [] }: InstanceSpec): Partial<InstanceSpec> {
  return { properties, ...(init ? { init } : {}), ...(attachments.length > 0 ? { attachments } : {}) };
}

/** The record with these tags over its own. Throws `invalid` when the text is not that instance's record. */
export function retagged(name: string, text: string, tags: Tags): string {
  const record = parsed(text);
  if (!isObject(record) || record.ID !== name) throw new ProviderError("invalid", "it is not an instance");
  const { Tags: own, Spec: spec } = record;
  const all = { ...(isObject(own) ? own : {}), ...tags };
  const logicalId = all[LOGICAL_ID] ?? null;
  return textOf({
    ...record,
    LogicalID: logicalId,
    Tags: all,
    Spec: { ...(isObject(spec) ? spec : {}), Tags: all, LogicalID: logicalId },
  });
}

/**
 * The instance that a file's text tells of. A text that is not that instance's record is still something that is there:
 * it bears no tags, so that it is nobody's, and says why.
 */
export function readRecord(name: string, text: string, since: number): Observed<InstanceSpec> {
  const record = parsed(text);
  if (!isObject(record)) return stranger(name, "it is not a JSON object", since);
  // A copy of an instance's file bears its tags, but it is not that instance.
  if (record.ID !== name) return stranger(name, "its ID is not its file's name", since);
  const tags = record.Tags ?? {};
  if (!isTags(tags)) return stranger(name, "its Tags are not texts by name", since);
  if (!isObject(record.Spec)) return stranger(name, "it has no Spec", since);
  try {
    // The tags of a Spec stay out: the group's and the template's stand there as one, as they do in `tags`.
    return { id: name, tags, phase: "running", properties: wantOf(record.Spec).want, since };
  } catch (thrown) {
    return stranger(name, `in its Spec, ${messageOf(thrown)}`, since);
  }
}

/** Something in the directory that is not an instance. */
export function stranger(name: string, reason: string, since: number): Observed<InstanceSpec> {
  return { id: name, tags: {}, phase: "unknown", properties: {}, reason, since };
}

function isTags(value: Json): value is Tags {
  return isObject(value) && Object.values(value).every((text) => typeof text === "string");
}

function textOf(record: JsonObject): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
