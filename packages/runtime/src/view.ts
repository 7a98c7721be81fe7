import { type Stack, type Status, slotCount } from "@muster/model";
import type { Declaration } from "@muster/store";
import { steeringOf } from "./assignments.ts";

/** A group as a person asks about it. */
export interface GroupView {
  readonly stack: string;
  readonly name: string;
  readonly type: string;
  readonly flavor: string;
  readonly size: number;
  /** `observe`: what differs is said, and nothing is touched. */
  readonly mode: Stack["mode"];
  /** What a person wants done with it; undefined where it is simply kept. */
  readonly steering: "paused" | "destroying" | undefined;
  /** Undefined before the first look. */
  readonly status: Status | undefined;
}

/** What a person wants done with a group. */
export function askedOf(declaration: Declaration, group: string): GroupView["steering"] {
  const { goal } = steeringOf(declaration, group);
  return goal === "kept" ? undefined : goal;
}

/** The groups of a stack, as its declaration names them. */
export function groupViews(
  declaration: Declaration,
  { name: stack, groups, mode }: Stack,
  statusOf: (group: string) => Status | undefined,
): readonly GroupView[] {
  return Object.values(groups).map(({ name, template, flavor, slots }) => ({
    ...{ stack, name, type: template.name, flavor: flavor.name, size: slotCount(slots), mode },
    ...{ steering: askedOf(declaration, name), status: statusOf(name) },
  }));
}
