/** How changes are carried through a group, and how its members are repaired: `mode`, `rollout` and `repair`. */
import {
  type Json,
  type JsonObject,
  MAX_SIZE,
  type RepairDeclaration,
  type RolloutDeclaration,
  type Slots,
  type Stack,
} from "@muster/model";
import { type Bounds, readAmount, readCount, readShare } from "./amounts.ts";
import {
  type Contradiction,
  contradictionsOf,
  repairContradictionsOf,
  WAITS_OF_ANY_TYPE,
  type Waits,
} from "./contradictions.ts";
import { readDuration } from "./durations.ts";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";
import { checkKeys, readMapping, readWord } from "./values.ts";

const ROLLOUT_KEYS = [
  "maxUnavailable",
  "maxSurge",
  "minReady",
  "initialDelay",
  "healthyDeadline",
  "progressDeadline",
  "canary",
  "bake",
  "onFailure",
  "drainTimeout",
];
const REPAIR_KEYS = ["breaker", "maxInFlight", "quarantineAfter", "createsPerHour"];

const CANARIES: Bounds = { least: 0, most: MAX_SIZE };
const IN_FLIGHT: Bounds = { least: 1, most: MAX_SIZE };
/** Beyond a thousand failures in a row, a quarantine would protect nobody. */
const FAILURES: Bounds = { least: 1, most: 1_000 };
/** A group as large as can be, made anew ten times in an hour. */
const CREATES: Bounds = { least: 1, most: 10 * MAX_SIZE };

export function readMode(value: Json | undefined, path: Path, problems: Problems): Stack["mode"] | undefined {
  return value === undefined ? "enforce" : readWord(value, ["enforce", "observe"], path, problems);
}

/** Whose policies they are. */
interface PolicyBearer {
  readonly name: string;
  /** Undefined where they could not be read. */
  readonly slots: Slots | undefined;
  readonly path: Path;
}

/**
 * Reads what is declared, and leaves out what is not: what stands in for it depends on the type. Contradictions are looked
 * for where everything could be read, so that nobody is told of one that follows from a slip.
 */
export function readRollout(
  value: Json | undefined,
  group: PolicyBearer,
  problems: Problems,
): RolloutDeclaration | undefined {
  const path = [...group.path, "rollout"];
  const mapping = value === undefined ? {} : readMapping(value, path, problems);
  if (mapping === undefined) return undefined;
  checkKeys(mapping, path, ROLLOUT_KEYS, [], problems);
  const at = <T>(key: string, read: (value: Json, path: Path) => T | undefined) => readAt(mapping, key, path, read);
  const wait = (key: string) => at(key, (each, where) => readDuration(each, 0, where, problems));
  const deadline = (key: string) => at(key, (each, where) => readDuration(each, 1, where, problems));
  const amount = (key: string) => at(key, (each, where) => readAmount(each, where, problems));
  const rollout: RolloutDeclaration = declaredOf({
    maxUnavailable: amount("maxUnavailable"),
    maxSurge: amount("maxSurge"),
    minReadyMs: wait("minReady"),
    initialDelayMs: wait("initialDelay"),
    healthyDeadlineMs: deadline("healthyDeadline"),
    progressDeadlineMs: deadline("progressDeadline"),
    canary: at("canary", (each, where) => readCount(each, CANARIES, where, problems)),
    bakeMs: wait("bake"),
    onFailure: at("onFailure", (each, where) => readWord(each, ["pause", "revert"], where, problems)),
    drainTimeoutMs: wait("drainTimeout"),
  });
  const readWhole = Object.keys(rollout).length === Object.keys(mapping).length;
  if (readWhole) noteContradictions(rollout, group, WAITS_OF_ANY_TYPE, problems);
  return rollout;
}

/** Tells what of a rollout cannot hold together, where nothing is declared as `waits` has it. */
export function noteContradictions(
  rollout: RolloutDeclaration,
  group: PolicyBearer,
  waits: Waits,
  problems: Problems,
): void {
  note(contradictionsOf(rollout, group.slots, waits), group, "rollout", problems);
}

function note(
  found: readonly Contradiction[],
  { name, path }: PolicyBearer,
  of: "rollout" | "repair",
  problems: Problems,
): void {
  for (const { key, detail, fix } of found) {
    problems.add("declaration.policies-contradict", { group: name, detail, fix }, [...path, of, key]);
  }
}

export function readRepair(
  value: Json | undefined,
  group: PolicyBearer,
  problems: Problems,
): RepairDeclaration | undefined {
  const path = [...group.path, "repair"];
  const mapping = value === undefined ? {} : readMapping(value, path, problems);
  if (mapping === undefined) return undefined;
  checkKeys(mapping, path, REPAIR_KEYS, [], problems);
  const count = (key: string, bounds: Bounds) =>
    readAt(mapping, key, path, (each, where) => readCount(each, bounds, where, problems));
  const repair: RepairDeclaration = declaredOf({
    breakerPercent: readAt(mapping, "breaker", path, (each, where) => readShare(each, where, problems)),
    maxInFlight: count("maxInFlight", IN_FLIGHT),
    quarantineAfter: count("quarantineAfter", FAILURES),
    createsPerHour: count("createsPerHour", CREATES),
  });
  note(repairContradictionsOf(repair, group.slots), group, "repair", problems);
  return repair;
}

function readAt<T>(
  mapping: JsonObject,
  key: string,
  path: Path,
  read: (value: Json, path: Path) => T | undefined,
): T | undefined {
  const value = Object.hasOwn(mapping, key) ? mapping[key] : undefined;
  return value === undefined ? undefined : read(value, [...path, key]);
}

/** Without the keys that have no value. */
function declaredOf<T extends object>(found: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(found).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
