/** The simulator's own documents: as plain as they can be, because reading real ones is not what is attacked here. */
import {
  type Document,
  GROUPS_ONLY,
  type GroupDeclaration,
  type JsonObject,
  type RepairDeclaration,
  type RolloutDeclaration,
  type Slots,
  type Stack,
} from "@muster/model";
import type { Grammar } from "@muster/runtime";
import type { FlavorName } from "./flavor.ts";

export const STACK = "herd";

/** What a person declares of one group. */
export type GroupText = {
  readonly size: number | readonly string[];
  /** Changing it replaces the members. */
  readonly image: string;
  /** Changing it changes the members in place. */
  readonly note: string;
  readonly flavor: FlavorName;
  readonly rollout: RolloutDeclaration;
  readonly repair: RepairDeclaration;
};

export type StackText = { readonly [group: string]: GroupText };

export type Mode = Stack["mode"];

export function documentOf(groups: StackText, mode: Mode = "enforce"): Document {
  return { dialect: "muster", data: { mode, groups: groups as object as JsonObject } };
}

export function textOf({ data }: Document): StackText {
  // The only documents here are those that `documentOf` has made.
  return data["groups"] as object as StackText;
}

export function modeOf({ data }: Document): Mode {
  return data["mode"] === "observe" ? "observe" : "enforce";
}

export const grammar: Grammar = {
  stackOf(document): Stack {
    const groups = Object.entries(textOf(document)).map(([name, text]) => [name, groupOf(name, text)]);
    return { name: STACK, mode: modeOf(document), providers: {}, ...GROUPS_ONLY, groups: Object.fromEntries(groups) };
  },
  withoutGroup(document, group) {
    const { [group]: _, ...others } = textOf(document);
    return Object.keys(others).length === 0 ? null : documentOf(others, modeOf(document));
  },
  onlyGroup(document, group) {
    const text = textOf(document)[group];
    return text === undefined ? document : documentOf({ [group]: text }, modeOf(document));
  },
  onlyResource: nothingButGroups,
  resize(document, group, size) {
    const groups = textOf(document);
    const text = groups[group];
    return text === undefined ? document : documentOf({ ...groups, [group]: { ...text, size } }, modeOf(document));
  },
};

function nothingButGroups(): never {
  throw new Error("a herd has only groups");
}

function groupOf(name: string, text: GroupText): GroupDeclaration {
  const slots: Slots =
    typeof text.size === "number" ? { kind: "numbered", size: text.size } : { kind: "named", names: text.size };
  return {
    name,
    slots,
    template: { name: "simulated", properties: propertiesOf(text) },
    flavor: { name: text.flavor, properties: {} },
    marking: { kind: "muster" },
    rollout: text.rollout,
    repair: text.repair,
    checks: [],
  };
}

export function propertiesOf({ image, note }: GroupText): JsonObject {
  return { image, note };
}

/** What is made, or is there, is of this version. */
export function isOfVersion({ image, note }: GroupText, properties: Partial<JsonObject> | undefined): boolean {
  return properties !== undefined && properties["image"] === image && properties["note"] === note;
}

/** Both are to be the same: what may differ is how many there are, and how they are changed. */
export function sameVersion(a: GroupText, b: GroupText): boolean {
  return a.image === b.image && a.note === b.note && a.flavor === b.flavor;
}

export function sizeOf({ size }: GroupText): number {
  return typeof size === "number" ? size : size.length;
}
