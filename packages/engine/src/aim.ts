import type { DeclaredGroup, Version } from "./declared.ts";
import { versionWord } from "./declared.ts";
import type { Memory, Reverted } from "./memory.ts";

/** What the members are to be now: as declared, or as they were before. */
export interface Aim {
  /** The group with the version that is aimed at. */
  readonly group: DeclaredGroup;
  /** Why the former version is aimed at; undefined where the declared one is. */
  readonly instead: string | undefined;
  /** What is remembered of a revert, where it is still of that declaration. */
  readonly reverted: Reverted | null;
}

/** A person, or a rollout that failed, can have a group kept at its former version until something else is declared. */
export function aimOf(declared: DeclaredGroup, memory: Pick<Memory, "reverted">): Aim {
  const { former, steered } = declared;
  const reverted = stillReverted(declared, memory.reverted);
  // What was declared before may be declared again: then there is nothing to go back to.
  if (former === undefined || !isNew(declared, former)) return { group: declared, instead: undefined, reverted };
  if (reverted !== null) return { group: formerOf(declared, former), instead: reverted.reason, reverted };
  if (steered.reverted) return { group: formerOf(declared, former), instead: "somebody reverted it", reverted };
  return { group: declared, instead: undefined, reverted };
}

/** The same group each time: the words for it are found out once, and not at every pass. */
function formerOf(declared: DeclaredGroup, former: Version): DeclaredGroup {
  const known = formers.get(declared);
  if (known !== undefined) return known;
  const group = { ...declared, ...former };
  formers.set(declared, group);
  return group;
}

const formers = new WeakMap<DeclaredGroup, DeclaredGroup>();

function stillReverted(declared: DeclaredGroup, reverted: Reverted | null): Reverted | null {
  if (reverted === null || reverted.from !== versionWord(declared)) return null;
  return declared.steered.retriedIn > reverted.generation ? null : reverted;
}

/** A change that goes back to what was there before needs no canary. */
export function isNew(version: Version, former: Version | undefined): boolean {
  return version.version === "declared" && (former === undefined || versionWord(version) !== versionWord(former));
}
