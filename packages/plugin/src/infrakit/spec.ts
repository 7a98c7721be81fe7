import { isObject, type Json, type JsonObject, type Observed, type Tags } from "@muster/model";
import { z } from "zod";
import type { Type } from "../contract.ts";
import { field, listField, objectField, tagsField, textField } from "../wire/fields.ts";
import { LOGICAL_ID } from "./marking.ts";

const json: z.ZodType<Json> = z.json();

/** What an instance is in InfraKit's terms, in Muster's form. A type of this shape is served to InfraKit's clients. */
export const instanceSpec = z.strictObject({
  properties: z.record(z.string(), json).optional().describe("what the instance plugin makes of it is its own"),
  init: z.string().optional().describe("the boot script"),
  tags: z.record(z.string(), z.string()).optional().describe("tags of the instance beside those that mark its group"),
  attachments: z
    .array(z.strictObject({ id: z.string(), type: z.string() }))
    .readonly()
    .optional()
    .describe("resources from outside, passed through"),
});

export type InstanceSpec = z.infer<typeof instanceSpec>;

/** A type that InfraKit's clients can use: known by tags, and with no property that a Spec does not have. */
export function isInstanceType(type: Type): boolean {
  if (type.known !== "tags") return false;
  const { properties } = z.toJSONSchema(type.schema, { io: "input" });
  const keys = Object.keys(properties ?? {});
  return keys.includes("properties") && keys.every((key) => key in instanceSpec.shape);
}

/** InfraKit's `Spec`: all tags as one, the group's and the instance's own. */
export function specOf(want: JsonObject, tags: Tags): JsonObject {
  const { properties, init, tags: own, attachments } = instanceSpec.parse(want);
  const all = { ...own, ...tags };
  return {
    Properties: properties ?? {},
    Tags: all,
    Init: init ?? "",
    LogicalID: all[LOGICAL_ID] ?? null,
    Attachments: attachments?.map(({ id, type }) => ({ ID: id, Type: type })) ?? null,
  };
}

/** What a `Spec` wants, and the tags it wants it with. Throws `WrongField`. */
export function wantOf(spec: JsonObject): { readonly want: InstanceSpec; readonly tags: Tags } {
  const init = textField(spec, "Init");
  const logicalId = textField(spec, "LogicalID");
  const attachments = listField(spec, "Attachments").filter(isObject);
  return {
    want: {
      properties: objectField(spec, "Properties"),
      ...(init === "" ? {} : { init }),
      ...(attachments.length === 0 ? {} : { attachments: attachments.map(attachmentOf) }),
    },
    tags: { ...tagsField(spec, "Tags"), ...(logicalId === "" ? {} : { [LOGICAL_ID]: logicalId }) },
  };
}

function attachmentOf(attachment: JsonObject): { id: string; type: string } {
  return { id: textField(attachment, "ID"), type: textField(attachment, "Type") };
}

/** InfraKit's `Description` of an instance. @param whole with its Spec, as the later clients ask for it. */
export function describe(observed: Observed, whole: boolean): JsonObject {
  return {
    ID: observed.id,
    LogicalID: observed.tags[LOGICAL_ID] ?? null,
    Tags: observed.tags,
    ...(whole ? { Properties: specOf(ofShape(observed.properties), observed.tags) } : {}),
  };
}

/** The part of an instance's properties that a Spec has room for. */
function ofShape(properties: Partial<JsonObject>): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) =>
      value !== undefined && key in instanceSpec.shape ? [[key, value]] : [],
    ),
  );
}

/**
 * The instance that a `Description` tells of. InfraKit has no phase: what is described is there. Its properties are known
 * where the plugin gives back the Spec, as `file` does; others give back whatever they have. Throws `WrongField`.
 */
export function observedOf(description: JsonObject, now: number): Observed {
  const logicalId = textField(description, "LogicalID");
  const given = field(description, "Properties") ?? null;
  const spec = isObject(given) && isObject(field(given, "Properties") ?? null) ? given : undefined;
  return {
    id: textField(description, "ID"),
    tags: { ...(logicalId === "" ? {} : { [LOGICAL_ID]: logicalId }), ...tagsField(description, "Tags") },
    phase: "running",
    properties: spec === undefined ? {} : { ...wantOf(spec).want },
    since: now,
  };
}
