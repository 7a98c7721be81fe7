/** How the resources of a stack have ended, for whoever waits for them. Pure. */
import { MusterError } from "./errors.ts";
import type { ResourceStatus } from "./resource-view.ts";

/** So many are named in a message; the others are counted. */
const NAMED = 10;

/** How they stand, and of which generation that speaks. */
interface Standing {
  readonly stack: string;
  readonly observedGeneration: number;
  /** Nothing of them is on its way. */
  readonly settled: boolean;
  readonly statuses: readonly ResourceStatus[];
}

/** Nothing is under way that this generation asks for. */
export function resourcesSettled(
  { observedGeneration, settled }: Pick<Standing, "observedGeneration" | "settled">,
  generation: number,
): boolean {
  return settled && observedGeneration >= generation;
}

/** What is not as declared, and what is; undefined where everything is, or is only reported. */
export function failureOfResources(
  { stack, statuses }: Pick<Standing, "stack" | "statuses">,
  verb: "apply" | "destroy" = "apply",
): MusterError | undefined {
  const failed = statuses.filter(({ state }) => state === "failed" || state === "skipped" || state === "held");
  if (failed.length === 0) return undefined;
  const kept = statuses.filter(({ state }) => state === "kept").map(({ address }) => address);
  const next = failed.find((each) => each.next !== undefined)?.next;
  const so = verb === "apply" ? "As declared" : "Gone";
  const done = kept.length === 0 ? `${so}: none.` : `${so}: ${listed(kept)}.`;
  return new MusterError("resource.not-as-declared", {
    stack,
    failed: failed.length,
    all: statuses.length,
    detail: listed(failed.map(wordsFor), "; "),
    fix: next === undefined ? `Mend what is wrong, and ${verb} again. ${done}` : `${next} ${done}`,
  });
}

function wordsFor({ address, state, message }: ResourceStatus): string {
  return message === undefined ? `${address} ${state}` : `${address} ${state}: ${message}`;
}

function listed(words: readonly string[], between = ", "): string {
  const more = words.length - NAMED;
  return more <= 0 ? words.join(between) : `${words.slice(0, NAMED).join(between)} and ${more} more`;
}
