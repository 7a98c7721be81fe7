/** How the checks of a stack and of its resources stand. Those of a group are told with its members. */
import type { Address } from "./resource.ts";
import type { Condition } from "./status.ts";

export interface CheckStatus {
  /** The resource that it is of; missing: it is of the whole stack. */
  readonly resource?: Address;
  /** Its title, or what it asks. */
  readonly check: string;
  readonly verdict: "pass" | "fail" | "unknown";
  /** What does not hold, or why nobody can tell. */
  readonly reason?: string;
  /** Since when it stands so, ms since 1970. */
  readonly since: number;
}

export interface ChecksView {
  /** The generation that it speaks of. */
  readonly observedGeneration: number;
  /** When they were asked last, ms since 1970; 0: not yet. */
  readonly askedAt: number;
  /** Empty before they were asked, and where there are none. */
  readonly statuses: readonly CheckStatus[];
  /** `ChecksHold`. Missing before they were asked, and where there are none. */
  readonly condition?: Condition;
}

export const NO_CHECKS: ChecksView = { observedGeneration: 0, askedAt: 0, statuses: [] };
