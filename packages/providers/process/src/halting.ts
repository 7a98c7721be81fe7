/** Halting all processes of one id where they stand, and letting them go on. */
import { setTimeout as sleep } from "node:timers/promises";
import { ProviderError } from "@muster/plugin";
import { isSame, type Process, processAt } from "./process-table.ts";
import { isItself, tell } from "./stopping.ts";

export interface Halting {
  readonly id: string;
  /** All that live, found anew. */
  members(): Promise<readonly Process[]>;
  readonly aborted: AbortSignal;
  /** Called once they stand still, or go on. */
  changed(): void;
}

/** Those that are told to halt do so at once, unless they wait for a disk. Milliseconds. */
const WITHIN_MS = 5_000;
const REST_MS = 5;

/**
 * Returns when the command and all that it has started stand still. The leader's own shells go on: they tell of an end, and
 * write what was printed before.
 *
 * @throws ProviderError `invalid`: nothing of it is there to be halted. `denied`: one may not be halted by us. `retryable`: one
 *   goes on all the same, or the wait was given up; then all go on
 */
export async function haltAll({ id, members, aborted, changed }: Halting): Promise<void> {
  const told = new Map<string, Process>();
  const isStill = (each: Process) => isHalted(each) || (each.state === "D" && told.has(nameOf(each)));
  const deadline = performance.now() + WITHIN_MS;
  let stillBefore = "";
  let own: readonly Process[] = [];
  try {
    while (performance.now() < deadline && !aborted.aborted) {
      own = (await members()).filter(isItself);
      const still = own.every(isStill) ? own.map(nameOf).join() : "";
      // A child may have come to be while the others were looked at: twice the same shows that none did.
      if (still !== "" && still === stillBefore) {
        changed();
        return;
      }
      stillBefore = still;
      for (const each of own.filter((found) => !isStill(found))) {
        tell(each, "SIGSTOP");
        told.set(nameOf(each), each);
      }
      await sleep(REST_MS, undefined, { signal: aborted }).catch(() => undefined);
    }
  } catch (thrown) {
    release(told.values());
    throw thrown;
  }
  release(told.values());
  if (aborted.aborted) throw new ProviderError("retryable", `nobody waits for ${id} to stand still: it goes on`);
  if (own.length === 0) throw new ProviderError("invalid", `nothing of ${id} runs that could be halted`);
  throw new ProviderError("retryable", `not all of ${id} stands still: it goes on`);
}

/** Whoever is not halted does not mind. */
export async function continueAll({ members, changed }: Halting): Promise<void> {
  for (const each of await members()) tell(each, "SIGCONT");
  changed();
}

/** True where nothing of the command goes on; its leader's shells may. */
export function areHalted(members: readonly Process[]): boolean {
  if (!members.some(isHalted)) return false;
  return members.every((each) => isHalted(each) || each.state === "D" || !isItself(each));
}

function isHalted({ state }: Process): boolean {
  return state === "T" || state === "t";
}

function nameOf({ pid, start }: Process): string {
  return `${pid} ${start}`;
}

function release(told: Iterable<Process>): void {
  for (const each of told) if (isSame(each, processAt(each.pid))) tell(each, "SIGCONT");
}
