/** What is remembered of a look that a second one has to confirm: how those it shows are, and nothing of those it does not. */
import { withBrokenBake } from "./canary.ts";
import type { Census, Living } from "./census.ts";
import type { Memory } from "./memory.ts";
import type { Settled } from "./settle.ts";
import { witnessed } from "./trial.ts";

/** A look that shows fewer than before. */
export interface Unconfirmed {
  readonly census: Pick<Census, "living" | "trials">;
  readonly settled: Pick<Settled, "fresh">;
  /** How many canaries are aimed at. */
  readonly canary: number;
  readonly vanishedAt: number;
  readonly now: number;
}

/** The same object where nothing is new. */
export function afterUnconfirmed(memory: Memory, { census, settled, canary, vanishedAt, now }: Unconfirmed): Memory {
  // Whose call is still remembered is tried by it until it is not.
  const passed = census.trials.passed.filter(({ seen }) => !settled.fresh.has(seen.id));
  const young = witnessed(memory.young, census.trials.young, idsOf(passed));
  const unbroken = withBrokenBake(memory.rollout, census.living, canary, now);
  const rollout = withRecovered(unbroken, passed);
  const isSame = memory.vanishedAt === vanishedAt && young === memory.young && rollout === memory.rollout;
  if (isSame) return memory;
  // One of them that came up ends what the revision is suspected of.
  const cleared = passed.some(({ current }) => current) ? { streak: null, quarantine: null } : {};
  return { ...memory, ...cleared, vanishedAt, young, rollout };
}

function withRecovered(before: Memory["rollout"], passed: readonly Living[]): Memory["rollout"] {
  const recovered = idsOf(passed);
  const failed = before?.failed.filter((id) => !recovered.has(id));
  return before === null || failed?.length === before.failed.length ? before : { ...before, failed: failed ?? [] };
}

function idsOf(members: readonly Living[]): ReadonlySet<string> {
  return new Set(members.map(({ seen }) => seen.id));
}
