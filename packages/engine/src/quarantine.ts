import { momentText, ownOf } from "@muster/model";
import type { Census } from "./census.ts";
import type { DeclaredGroup } from "./declared.ts";
import { BACKOFF_MOST_MS, type Memory, type Quarantine } from "./memory.ts";
import type { Action, Held, Scene } from "./step.ts";

/** What is known of a revision that keeps failing, after this look. */
export interface Suspicion {
  readonly streak: Memory["streak"];
  readonly quarantine: Quarantine | null;
}

/**
 * Counts members of the wanted revision that were made and never came up, one after the other. So many in a row, and
 * the revision is tried only every ten minutes; one that comes up ends it.
 *
 * @param whole everybody is as wanted, and nothing is under way
 */
export function suspect(
  declared: DeclaredGroup,
  census: Census,
  memory: Memory,
  whole: boolean,
  now: number,
): Suspicion {
  const { revision, steered, generation, repair } = declared;
  const { passed, failed, young } = census.trials;
  if (whole || passed.some(({ current }) => current)) return { streak: null, quarantine: null };
  const known = memory.quarantine;
  const still = known !== null && known.revision === revision && steered.retriedIn <= known.generation ? known : null;
  const lifted = known !== null && still === null;
  const streak = memory.streak?.revision === revision && !lifted ? memory.streak : null;
  const fell = failed.filter(({ current, seen }) => current && ownOf(young, seen.id)?.kind === "made");
  const last = fell.at(-1);
  if (last === undefined) return { streak, quarantine: still === null ? null : keepOne(still, census) };
  const next = { revision, count: (streak?.count ?? 0) + fell.length };
  if (still !== null) return { streak: next, quarantine: keepOne(still, census) };
  if (next.count < repair.quarantineAfter) return { streak: next, quarantine: null };
  const quarantine = { revision, generation, kept: last.seen.id, since: now, againAt: now + BACKOFF_MOST_MS };
  return { streak: next, quarantine };
}

/** Another one is kept where the one that was kept is gone. */
function keepOne(quarantine: Quarantine, { living }: Census): Quarantine {
  if (living.some(({ seen }) => seen.id === quarantine.kept)) return quarantine;
  const other = living.find(({ health, current }) => current && health === "failing");
  return other === undefined ? quarantine : { ...quarantine, kept: other.seen.id };
}

export function quarantined({ quarantine, memory }: Pick<Scene, "quarantine" | "memory">): Held | undefined {
  if (quarantine === null) return undefined;
  const { revision, kept, againAt } = quarantine;
  const count = memory.streak?.count ?? 0;
  const again = momentText(againAt);
  const message = `revision ${revision} failed ${count} times in a row and is quarantined; ${kept} is kept to be looked into; tried again at ${again}`;
  return { reason: "Quarantined", message };
}

/** It was tried again by making one: also in the place of one that failed. */
export function afterTrying(quarantine: Quarantine | null, actions: readonly Action[], now: number): Quarantine | null {
  if (quarantine === null) return null;
  const tried = actions.some((action) => action.kind === "create" && action.revision === quarantine.revision);
  return tried ? { ...quarantine, againAt: now + BACKOFF_MOST_MS } : quarantine;
}
