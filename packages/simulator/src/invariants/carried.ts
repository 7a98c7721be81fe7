import type { Wanted } from "../wanted.ts";

/** A rollout of it goes on, if only after a pause; of what is only observed or is to go none is remembered. */
export function isCarried(wanted: Wanted | undefined): boolean {
  return wanted !== undefined && wanted.mode === "enforce" && wanted.steering?.goal !== "destroying";
}
