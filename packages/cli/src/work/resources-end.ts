/** How the resources of a stack have ended, for whoever waits for them. Pure. */
import type { StackResources } from "@muster/daemon";
import { MusterError, type ResourceStatus } from "@muster/model";

/** So many are named in a message; the others are counted. */
const NAMED = 10;

/** Undefined while something is under way. */
export function isOver({ observedGeneration, settled }: StackResources, generation: number): boolean {
  return settled && observedGeneration >= generation;
}

/** What is not as declared, and what is; undefined where everything is, or is only reported. */
export function failureOf(
  { stack, statuses }: StackResources,
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
