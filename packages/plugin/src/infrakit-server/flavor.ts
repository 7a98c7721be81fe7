import type { JsonObject, Verdict } from "@muster/model";
import type { Io, Member } from "../contract.ts";
import { slotsOf } from "../infrakit/allocation.ts";
import { observedOf, specOf, wantOf } from "../infrakit/spec.ts";
import { presence } from "../presence.ts";
import { countField, objectField, textField } from "../wire/fields.ts";
import { ALL_ERAS, echo, type InfrakitMethod } from "./method.ts";
import { meant, type Served, type ServedFlavor } from "./served.ts";

const SPEC: JsonObject = { Properties: {}, Tags: null, Init: "", LogicalID: null, Attachments: null };
const ALLOCATION: JsonObject = { Size: 0, LogicalIDs: null };
const INSTANCE: JsonObject = { ID: "", LogicalID: null, Tags: null };

/** The role "Flavor". */
export function flavorMethods({ flavors }: Served, io: Io): readonly InfrakitMethod[] {
  if (flavors.size === 0) return [];
  return [
    {
      name: "Flavor.Drain",
      eras: ALL_ERAS,
      params: { Type: "", Properties: {}, Instance: INSTANCE },
      result: { Type: "", OK: false },
      async run(params, ctx) {
        const { flavor, read } = meant(flavors, textField(params, "Type"));
        const observed = observedOf(objectField(params, "Instance"), io.now());
        await flavor.drain?.(observed, read(objectField(params, "Properties")), ctx);
        return { ...echo(params, "Type"), OK: true };
      },
    },
    {
      name: "Flavor.Healthy",
      eras: ALL_ERAS,
      params: { Type: "", Properties: {}, Instance: INSTANCE },
      result: { Type: "", Health: 0 },
      async run(params) {
        const one = meant(flavors, textField(params, "Type"));
        const verdict = await healthOf(one, objectField(params, "Properties"), objectField(params, "Instance"), io);
        return { ...echo(params, "Type"), Health: HEALTH[verdict.kind] };
      },
    },
    {
      name: "Flavor.Prepare",
      eras: ALL_ERAS,
      params: { Type: "", Properties: {}, Spec: SPEC, Allocation: ALLOCATION, Index: { Group: "", Sequence: 0 } },
      result: { Type: "", Spec: SPEC },
      async run(params) {
        const one = meant(flavors, textField(params, "Type"));
        const index = objectField(params, "Index");
        const spec = objectField(params, "Spec");
        const place = {
          group: textField(index, "Group"),
          sequence: countField(index, "Sequence"),
          slots: slotsOf(objectField(params, "Allocation")),
        };
        return { ...echo(params, "Type"), Spec: await prepared(one, objectField(params, "Properties"), spec, place) };
      },
    },
    {
      name: "Flavor.Validate",
      eras: ALL_ERAS,
      params: { Type: "", Properties: {}, Allocation: ALLOCATION },
      result: { Type: "", OK: false },
      async run(params) {
        const { flavor, read } = meant(flavors, textField(params, "Type"));
        const properties = read(objectField(params, "Properties"));
        const slots = slotsOf(objectField(params, "Allocation"));
        await flavor.validate?.(properties, slots);
        return { ...echo(params, "Type"), OK: true };
      },
    },
  ];
}

const HEALTH: Readonly<Record<Verdict["kind"], number>> = { unknown: 0, pass: 1, fail: 2 };

export async function healthOf(
  one: ServedFlavor,
  properties: JsonObject,
  instance: JsonObject,
  io: Io,
): Promise<Verdict> {
  const observed = observedOf(instance, io.now());
  return (await one.flavor.health?.(observed, one.read(properties))) ?? presence(observed);
}

/** Where the instance will stand, as far as the caller says. */
export interface Place {
  readonly group: string;
  readonly sequence: number;
  readonly slots: Member["slots"];
}

/** The Spec with what the flavor adds to it. The logical id is the group's business and stays. */
export async function prepared(
  { flavor, read }: ServedFlavor,
  properties: JsonObject,
  spec: JsonObject,
  { group, sequence, slots }: Place,
): Promise<JsonObject> {
  const { want, tags } = wantOf(spec);
  const logicalId = textField(spec, "LogicalID");
  const owner = group === "" ? (tags["infrakit.group"] ?? "") : group;
  const member = { stack: owner, group: owner, slot: logicalId === "" ? String(sequence) : logicalId, slots };
  const ready = (await flavor.prepare?.(want, member, read(properties))) ?? want;
  return { ...specOf(ready, tags), LogicalID: logicalId === "" ? null : logicalId };
}
