/** What comes of a try, as `--output json` shows it and as it is kept. */
import type { Report } from "@muster/checks";
import type { Event, StackPlan } from "@muster/model";
import type { ErrorView } from "../print/errors.ts";
import type { LastWords } from "./last-words.ts";

export const STEPS = ["create", "again", "verify", "destroy", "gone"] as const;
export type StepName = (typeof STEPS)[number];

/** `skip`: it was not asked for, or there was no sense in it any more. */
export type StepVerdict = "pass" | "fail" | "unknown" | "skip";

export interface StepResult {
  readonly step: StepName;
  readonly verdict: StepVerdict;
  readonly tookMs: number;
  /** In a few words. */
  readonly message: string;
  /** Why it did not pass. */
  readonly errors?: readonly ErrorView[];
  /** What a second apply would do: of `again`, where that is anything. */
  readonly plan?: StackPlan;
  /** Of `verify`. */
  readonly report?: Report;
  /** What members have printed last, where it did not pass. */
  readonly lastWords?: readonly LastWords[];
  /** What was done in it: the first thousand. */
  readonly events: readonly Event[];
}

/** What a try is of. */
export interface TrySubject {
  readonly id: string;
  /** As it is declared, and as the copy is called. */
  readonly stack: string;
  readonly copy: string;
  readonly file: string;
  /** Empty where there is only one. */
  readonly platform: string;
  /** Milliseconds since 1970. */
  readonly began: number;
}

export interface TryResult extends TrySubject {
  readonly tookMs: number;
  readonly verdict: "pass" | "fail" | "unknown";
  /** It is left for a person to look at. */
  readonly kept: boolean;
  readonly interrupted: boolean;
  readonly steps: readonly StepResult[];
}

/** One that fails makes it fail; else one that nobody could tell of. */
export function verdictOf(steps: readonly Pick<StepResult, "verdict">[]): TryResult["verdict"] {
  if (steps.some(({ verdict }) => verdict === "fail")) return "fail";
  return steps.some(({ verdict }) => verdict === "unknown") ? "unknown" : "pass";
}
