import { slotCount } from "@muster/model";
import { arrivingCount, type Census, isStale, type Living } from "./census.ts";
import type { DeclaredGroup, Version } from "./declared.ts";
import type { Held } from "./step.ts";

/** What the steps may do while a version is on its way. */
export interface Course {
  /**
   * `free`: change whoever has to be changed. `canary`: no more than the limit. `held`: change nobody. `failed`: change
   * nobody, and let those that failed stand, to be looked into, as long as enough others count. `turning`: change nobody,
   * for the next pass aims at another version.
   */
  readonly kind: "free" | "canary" | "held" | "failed" | "turning";
  /** How many may be of the wanted version. */
  readonly limit: number;
  /** Whoever is made beyond the limit is made as this; undefined: as wanted. */
  readonly otherwise: Version | undefined;
  /** What a person should know of the rollout. */
  readonly says: Held | undefined;
}

export function freeCourse({ slots }: DeclaredGroup, says?: Held): Course {
  return { kind: "free", limit: slotCount(slots), otherwise: undefined, says };
}

export function canaryCourse(group: DeclaredGroup, says: Held | undefined): Course {
  return { kind: "canary", limit: group.rollout.canary, otherwise: otherThan(group), says };
}

/** What is there stays as it is; whoever is missing comes back as it was before, where that is known. */
export function standingCourse(
  kind: "held" | "failed" | "turning",
  group: DeclaredGroup,
  census: Census,
  says: Held | undefined,
): Course {
  const limit = Math.min(slotCount(group.slots), arrivingCount(census, group.revision));
  return { kind, limit, otherwise: otherThan(group), says };
}

/** Nobody is changed for now. */
export function isHeld({ kind }: Course): boolean {
  return kind === "held" || kind === "failed" || kind === "turning";
}

/**
 * How many more may become as they are wanted. One that goes before the others and is taken away is one of them until it
 * is gone: it may not go, and there would be more of what nobody trusts yet.
 */
export function roomIn({ kind, limit }: Course, { revision }: DeclaredGroup, census: Census): number {
  const lingering = kind === "canary" ? census.lingering.length : 0;
  return Math.max(0, limit - arrivingCount(census, revision) - lingering);
}

/** Tells of a member whether the rollout takes it away or changes it: how such a one does is no trouble any more. */
export function goingIn(course: Course, declared: DeclaredGroup, census: Census): (member: Living) => boolean {
  const mayChange = course.kind === "canary" && roomIn(course, declared, census) > 0;
  if (course.kind !== "free" && !mayChange) return () => false;
  return (member) => member.placed && isStale(member);
}

function otherThan({ version, former }: DeclaredGroup): Version | undefined {
  return version === "declared" ? former : undefined;
}
