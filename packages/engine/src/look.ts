import type { Mark, Observed, Verdict } from "@muster/model";

/** A member as the look showed it: it bears the group's mark, or a claim says so. */
export interface Seen extends Observed {
  readonly mark: Mark;
}

/** One observation of everything that belongs to a group; or what prevented it. A failed look is never an empty one. */
export type Look = GoodLook | FailedLook;

export interface GoodLook {
  readonly kind: "seen";
  /** When it began: it can prove nothing about what happened later. */
  readonly startedAt: number;
  readonly members: readonly Seen[];
  /** By id. A member without a verdict is `unknown`. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

export interface FailedLook {
  readonly kind: "failed";
  readonly startedAt: number;
  /** One word for a program: `unavailable`, `denied`. */
  readonly reason: string;
  readonly message: string;
}
