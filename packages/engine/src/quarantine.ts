import type { Census, Living } from "./census.ts";
import type { DeclaredGroup } from "./declared.ts";
import { BACKOFF_MOST_MS, type Memory, type Quarantine } from "./memory.ts";
import type { Held, Scene } from "./step.ts";

/** What is known of a revision that keeps failing, after this look. */
export interface Suspicion {
  readonly streak: Memory["streak"];
  readonly quarantine: Quarantine | null;
}

/**
 * Counts members of the wanted revision that were made and never came up, one after the other. So many in a row, and
 * the revision is tried only every ten minutes; one that comes up ends it.
 */
export function suspect(declared: DeclaredGroup, census: Census, memory: Memory, now: number): Suspicion {
  const { revision, steered, generation, repair } = declared;
  const { passed, failed } = census.trials;
  const known = memory.quarantine;
  const still = known !== null && known.revision === revision && steered.retriedIn <= known.generation ? known : null;
  const lifted = known !== null && still === null;
  const streak = memory.streak?.revision === revision && !lifted ? memory.streak : null;
  if (passed.some(isCurrent)) return { streak: null, quarantine: null };
  const fell = failed.filter(isCurrent);
  const last = fell.at(-1);
  if (last === undefined) return { streak, quarantine: still === null ? null : keepOne(still, census) };
  const count = (streak?.count ?? 0) + fell.length;
  const next = { revision, count };
  if (count < repair.quarantineAfter) return { streak: next, quarantine: still };
  return { streak: next, quarantine: still ?? { revision, generation, kept: last.seen.id, since: now } };
}

function isCurrent({ current }: Living): boolean {
  return current;
}

/** Another one is kept where the one that was kept is gone. */
function keepOne(quarantine: Quarantine, { living }: Census): Quarantine {
  if (living.some(({ seen }) => seen.id === quarantine.kept)) return quarantine;
  const other = living.find(({ health, current }) => current && health === "failing");
  return other === undefined ? quarantine : { ...quarantine, kept: other.seen.id };
}

export function quarantined({ quarantine, memory }: Scene): Held | undefined {
  if (quarantine === null) return undefined;
  const { revision, kept } = quarantine;
  const again = memory.repairing === null ? "" : `; tried again at ${new Date(memory.repairing.until).toISOString()}`;
  const count = memory.streak?.count ?? 0;
  const message = `revision ${revision} failed ${count} times in a row and is quarantined; ${kept} is kept to be looked into${again}`;
  return { reason: "Quarantined", message };
}

/** When a quarantined revision may be tried again after it was tried now. */
export function triedAgainAt(now: number): number {
  return now + BACKOFF_MOST_MS;
}
