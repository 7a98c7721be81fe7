/** The simulator's own documents: as plain as they can be, because reading real ones is not what is attacked here. */
import type { Document, GroupDeclaration, JsonObject, Slots, Stack } from "@muster/model";
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
  readonly maxUnavailable: number;
  readonly maxSurge: number;
};

export type StackText = { readonly [group: string]: GroupText };

export function documentOf(groups: StackText): Document {
  return { dialect: "muster", data: groups };
}

export function textOf(document: Document): StackText {
  // The only documents here are those that `documentOf` has made.
  return document.data as StackText;
}

export const grammar: Grammar = {
  stackOf(document): Stack {
    const groups = Object.entries(textOf(document)).map(([name, text]) => [name, groupOf(name, text)]);
    return { name: STACK, mode: "enforce", providers: {}, groups: Object.fromEntries(groups) };
  },
  withoutGroup(document, group) {
    const { [group]: _, ...others } = textOf(document);
    return Object.keys(others).length === 0 ? null : documentOf(others);
  },
  onlyGroup(document, group) {
    const text = textOf(document)[group];
    return text === undefined ? document : documentOf({ [group]: text });
  },
  resize(document, group, size) {
    const groups = textOf(document);
    const text = groups[group];
    return text === undefined ? document : documentOf({ ...groups, [group]: { ...text, size } });
  },
};

function groupOf(name: string, text: GroupText): GroupDeclaration {
  const slots: Slots =
    typeof text.size === "number" ? { kind: "numbered", size: text.size } : { kind: "named", names: text.size };
  return {
    name,
    slots,
    template: { name: "simulated", properties: propertiesOf(text) },
    flavor: { name: text.flavor, properties: {} },
    marking: { kind: "muster" },
    rollout: {
      maxUnavailable: { kind: "count", count: text.maxUnavailable },
      maxSurge: { kind: "count", count: text.maxSurge },
    },
    repair: {},
  };
}

export function propertiesOf({ image, note }: GroupText): JsonObject {
  return { image, note };
}

export function sizeOf({ size }: GroupText): number {
  return typeof size === "number" ? size : size.length;
}
