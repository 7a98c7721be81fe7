import { type Ailments, someAilments } from "./ailments.ts";
import { type Faults, someFaults } from "./faults.ts";
import { type GroupText, type StackText, sizeOf } from "./grammar.ts";
import { someRepair, someRollout } from "./policies.ts";
import { type Random, randomOf } from "./random.ts";

/** What a person does, and when: milliseconds from the beginning. */
export type Doing = { readonly at: number; readonly group: string } & (
  | { readonly kind: "scale"; readonly size: number }
  | { readonly kind: "declare"; readonly change: Partial<GroupText> }
  | { readonly kind: "undeclare" }
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  | { readonly kind: "promote" }
  | { readonly kind: "revert" }
  /** The whole stack is only observed from now on, or kept again. */
  | { readonly kind: "observe" }
  | { readonly kind: "enforce" }
  | { readonly kind: "destroy" }
  | { readonly kind: "free" }
  | { readonly kind: "destroy-instances"; readonly count: number }
  | { readonly kind: "kill"; readonly count: number }
  | { readonly kind: "restart" }
);

/** Everything that is decided before a run begins. Plain data, so that it can be printed, and made smaller. */
export interface Scenario {
  readonly seed: string;
  readonly settleMs: number;
  readonly local: boolean;
  readonly groups: StackText;
  readonly doings: readonly Doing[];
  readonly faults: Faults;
  /** How many processes of Muster there are at once. */
  readonly managers: number;
  readonly ailments: Ailments;
  /** No more things than these find room in the world, until all is calm; null: there is room for all. */
  readonly room: number | null;
  /** From here on nothing goes wrong and nobody does anything: milliseconds from the beginning. */
  readonly calmAfter: number;
}

const NAMES = ["ada", "bob", "cleo", "dan", "eve"];

/** Things that are not Muster's stand in the world from the beginning. */
const FOREIGNERS = 7;

/** The scenario of a seed. */
export function scenarioOf(seed: string): Scenario {
  const random = randomOf(seed).fork("scenario");
  const settleMs = random.pick([0, 0, 0, 1_000, 5_000, 60_000]);
  const names = random.chance(0.3) ? ["web", "db"] : ["web"];
  const groups = Object.fromEntries(names.map((name) => [name, someGroup(random)]));
  const calmAfter = random.pick([20_000, 60_000, 300_000, 300_000, 1_200_000]);
  const doings = Array.from({ length: random.between(0, 6) }, () => someDoing(random, groups, calmAfter));
  const rollouts = Array.from({ length: random.between(0, 3) }, () => someRolling(random, groups, calmAfter)).flat();
  return {
    seed,
    settleMs,
    local: settleMs === 0 && random.chance(0.6),
    groups,
    doings: [...doings, ...rollouts].toSorted((a, b) => a.at - b.at),
    faults: someFaults(random),
    managers: random.chance(0.3) ? 2 : 1,
    ailments: someAilments(random),
    room: random.chance(0.1) ? FOREIGNERS + random.between(1, 8) : null,
    calmAfter,
  };
}

function someGroup(random: Random): GroupText {
  const named = random.chance(0.25);
  const size = named ? NAMES.slice(0, random.between(1, NAMES.length)) : random.pick([0, 1, 2, 3, 3, 4, 5, 8]);
  const count = typeof size === "number" ? size : size.length;
  return {
    size,
    image: "v1",
    note: "a",
    flavor: random.pick(["plain", "probed", "probed"]),
    rollout: someRollout(random, count, named),
    repair: someRepair(random, count),
  };
}

function someDoing(random: Random, groups: StackText, until: number): Doing {
  const group = random.pick(["web", ...Object.keys(groups)]);
  const at = random.between(0, until - 1);
  const numbered = typeof groups[group]?.size === "number";
  const kind = random.pick(numbered ? NUMBERED_DOINGS : DOINGS);
  switch (kind) {
    case "scale":
      return { kind, at, group, size: random.pick([0, 1, 2, 3, 5, 7]) };
    case "declare":
      return { kind, at, group, change: someChange(random, groups[group], numbered) };
    case "destroy-instances":
    case "kill":
      return { kind, at, group, count: random.between(1, 3) };
    default:
      return { kind, at, group };
  }
}

const MEDDLINGS = ["promote", "promote", "revert", "pause", "resume", "restart", "declare"] as const;

/** Another version is declared, and somebody meddles while it is on its way. */
function someRolling(random: Random, groups: StackText, until: number): readonly Doing[] {
  const group = random.pick(["web", ...Object.keys(groups)]);
  const at = random.between(Math.min(5_000, until / 4), until - 1);
  const image = random.pick(["v2", "v2", "v3", "v1"]);
  const declared: Doing = { kind: "declare", at, group, change: { image } };
  if (random.chance(0.4)) return [declared];
  const later = Math.min(until - 1, at + random.pick([100, 1_000, 15_000, 60_000]));
  const kind = random.pick(MEDDLINGS);
  const meddling: Doing =
    kind === "declare" ? { kind, at: later, group, change: { image: "v1" } } : { kind, at: later, group };
  return [declared, meddling];
}

const DOINGS: readonly [Doing["kind"], ...Doing["kind"][]] = [
  "declare",
  "declare",
  "declare",
  "undeclare",
  "pause",
  "resume",
  "resume",
  "promote",
  "promote",
  "revert",
  "revert",
  "observe",
  "enforce",
  "destroy",
  "free",
  "kill",
  "kill",
  "restart",
];
const NUMBERED_DOINGS: typeof DOINGS = [...DOINGS, "scale", "scale", "scale", "destroy-instances"];

function someChange(random: Random, group: GroupText | undefined, numbered: boolean): Partial<GroupText> {
  const image = { image: random.pick(["v1", "v2", "v2", "v3"]) };
  const note = { note: random.pick(["a", "b", "c"]) };
  if (random.chance(0.5)) return image;
  if (random.chance(0.3)) return note;
  if (random.chance(0.3)) return { ...image, ...note };
  const size = group === undefined ? 3 : sizeOf(group);
  if (random.chance(0.3)) return { rollout: someRollout(random, size, !numbered), repair: someRepair(random, size) };
  const names = NAMES.slice(random.between(0, 2), random.between(3, 5));
  // From numbers to names or back: then one has to go before another can come.
  if (random.chance(0.2)) return { size: numbered ? names : random.between(0, 4) };
  return numbered ? { ...image, size: random.between(0, 6) } : { ...note, size: names };
}
