/** Ending all processes of one id: politely, then by force, until none lives. */
import { setTimeout as sleep } from "node:timers/promises";
import { systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { markIn } from "./mark.ts";
import { environmentOf, isSame, type Process, processAt } from "./process-table.ts";

export interface Stopping {
  /** How they are asked to end, and how long that may take; undefined where they are killed at once. */
  readonly polite: { readonly signal: NodeJS.Signals; readonly timeoutMs: number } | undefined;
  /** All that live, found anew. */
  members(): Promise<readonly Process[]>;
  readonly aborted: AbortSignal;
}

const FIRST_REST_MS = 5;
const LONGEST_REST_MS = 200;
const LONGEST_PEEK_MS = 20;
const MORE_PEEK = 1.2;

/**
 * Returns when none lives.
 *
 * @throws ProviderError `denied`: one may not be ended by us. `unknown`: the wait was given up, and one still lives
 */
export async function stopAll({ polite, members, aborted }: Stopping): Promise<void> {
  if (polite !== undefined && (await haveEndedPolitely(polite, members, aborted))) return;
  await untilNone(members, (each) => tell(each, "SIGKILL"), Number.POSITIVE_INFINITY, aborted);
}

function haveEndedPolitely(
  { signal, timeoutMs }: NonNullable<Stopping["polite"]>,
  members: Stopping["members"],
  aborted: AbortSignal,
): Promise<boolean> {
  const asked = new Set<string>();
  const ask = (each: Process) => {
    const name = `${each.pid} ${each.start}`;
    if (asked.has(name)) return;
    if (isItself(each)) asked.add(name);
    tell(each, signal);
    // One that was halted could not hear it.
    tell(each, "SIGCONT");
  };
  // Each is asked once, also one that has only just been started: to many programs a second time means at once.
  return untilNone(members, ask, performance.now() + timeoutMs, aborted);
}

/**
 * False for what the leader's shell has forked and what has not become the command yet: between the two it may not hear.
 * The shell itself and the writer of the log do not mind to be asked again.
 */
export function isItself({ pid }: Process): boolean {
  const mark = markIn(environmentOf(pid) ?? "");
  return mark === undefined || mark.leader !== undefined;
}

/** Does this to all that live, found anew each time; false when the time is up before none does. */
async function untilNone(
  members: Stopping["members"],
  act: (each: Process) => void,
  deadline: number,
  aborted: AbortSignal,
): Promise<boolean> {
  for (let rest = FIRST_REST_MS; ; rest = Math.min(LONGEST_REST_MS, rest * 2)) {
    const left = await members();
    if (left.length === 0) return true;
    if (aborted.aborted) throw new ProviderError("unknown", `it has not ended yet: ${pidsText(left)} lives`);
    for (const each of left) act(each);
    const time = deadline - performance.now();
    if (time <= 0) return false;
    await restUntilGone(left, Math.min(rest, time), aborted);
  }
}

/** To look at those that are known is cheap: when they are gone early there is nothing to wait for. */
async function restUntilGone(known: readonly Process[], ms: number, aborted: AbortSignal): Promise<void> {
  const end = performance.now() + ms;
  for (let rest = 1; known.some(isAlive) && !aborted.aborted; rest = Math.min(LONGEST_PEEK_MS, rest * MORE_PEEK)) {
    const left = end - performance.now();
    if (left <= 0) return;
    await sleep(Math.min(rest, left), undefined, { signal: aborted }).catch(() => undefined);
  }
}

function isAlive(wanted: Process): boolean {
  return isSame(wanted, processAt(wanted.pid));
}

/** Sends a signal to this very process; one that is gone is done, whoever has its number now. */
export function tell(wanted: Process, signal: NodeJS.Signals): void {
  if (!isAlive(wanted)) return;
  try {
    process.kill(wanted.pid, signal);
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ESRCH") return;
    throw new ProviderError("denied", `the process ${wanted.pid} may not be signalled: it runs as somebody else`, {
      cause: thrown,
    });
  }
}

function pidsText(processes: readonly Process[]): string {
  return processes.map(({ pid }) => `the process ${pid}`).join(", ");
}
