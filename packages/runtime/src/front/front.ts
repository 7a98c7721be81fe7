/**
 * Keeps one file whose content names the members of groups. Whatever wakes it, it looks at the file and at the groups, and
 * puts right what differs: at most one such pass runs at a time, and the newest state wins.
 */
import { isDeepStrictEqual } from "node:util";
import { type FrontFile, MusterError, type Stack } from "@muster/model";
import { type ClaimedProvider, ProviderError } from "@muster/plugin";
import type { Store, Writes } from "@muster/store";
import { atMost } from "../deadline.ts";
import { pace } from "../pace.ts";
import type { Clock } from "../ports.ts";
import { backingOff } from "./backoff.ts";
import { UNSETTLED } from "./claims.ts";
import type { RunCommand } from "./command.ts";
import { type Drawn, draw, groupsOf, type Named, type StandingOf } from "./drawn.ts";
import { differing, type Exchange, exchanging, reasonOf, type Sighted, tooLate } from "./exchange.ts";
import { exposure } from "./exposure.ts";
import { reportTo } from "./report.ts";
import { changed, drifted, failed, notified } from "./told.ts";

export interface Front {
  assign(task: FrontTask): void;
  wake(): void;
  names(group: string): boolean;
  /**
   * Resolves when nobody is sent to the member any more, as far as this file goes; or never, if the signal comes first.
   * Undefined where it never names one of that group.
   */
  withdrawn(group: string, id: string, signal: AbortSignal): Promise<void> | undefined;
  /** Begins nothing more, and waits for what is under way at most so long. */
  stop(graceMs: number): Promise<void>;
  /** As `stop`; but what it was woken for last is still done. */
  finish(graceMs: number): Promise<void>;
}

export interface FrontTask {
  readonly file: FrontFile;
  readonly mode: Stack["mode"];
}

export interface FrontDeps {
  readonly stack: string;
  readonly store: Pick<Store, "claimed">;
  write(writes: Writes): Promise<void>;
  /** The provider of files. */
  open(): Promise<ClaimedProvider>;
  readonly standingOf: StandingOf;
  readonly clock: Clock;
  readonly run: RunCommand;
  onLost(error: MusterError): void;
  /** Something failed that nobody waits for, and that could not be written down. */
  onTrouble(thrown: unknown): void;
}

/** Looks though nothing woke it: hints are reliable, and all the same not trusted for ever. */
const RESYNC_MS = 30_000;
/** A command that was ended has so long to be gone, in milliseconds. */
const ENDING_MS = 1_000;

export function keepFront(first: FrontTask, deps: FrontDeps): Front {
  const { clock } = deps;
  const letGo = new AbortController();
  const pacer = pace(passSafely, clock);
  const troubles = backingOff(clock);
  const notifying = backingOff(clock);
  const refused = backingOff(clock);
  const exposed = exposure();
  const report = reportTo(deps.write);
  let task = first;
  /** What was declared when the file was last as it is to be. */
  let carried: FrontFile | undefined;
  let woken = true;
  pacer.wake();

  async function passSafely(): Promise<number> {
    if (letGo.signal.aborted) return clock.now() + RESYNC_MS;
    woken = false;
    try {
      const next = await pass(task);
      troubles.over();
      return next;
    } catch (thrown) {
      return await stumble(thrown);
    } finally {
      exposed.release();
    }
  }

  async function stumble(thrown: unknown): Promise<number> {
    // What is cut short by the end is no trouble: it is taken up at the next start.
    if (letGo.signal.aborted) return clock.now() + RESYNC_MS;
    if (thrown instanceof MusterError && thrown.code === "stack.lost") {
      letGo.abort();
      deps.onLost(thrown);
      return clock.now() + RESYNC_MS;
    }
    troubles.failed(thrown);
    try {
      await report.say(failed(task.file.path, reasonOf(thrown, task.file.path), groupsOf(task.file)));
    } catch (unwritten) {
      deps.onTrouble(unwritten);
    }
    // What has been due for a while was not what this pass came to.
    const now = clock.now();
    const [again = now + RESYNC_MS] = [troubles, notifying, refused]
      .flatMap((each) => each.until() ?? [])
      .filter((until) => until > now)
      .toSorted((a, b) => a - b);
    return again;
  }

  async function pass(now: FrontTask): Promise<number> {
    const { file, mode } = now;
    const drawn = draw(file, deps.standingOf);
    if (drawn === undefined) return clock.now() + RESYNC_MS;
    const exchange = exchanging(await deps.open(), { ...deps, write: report.write, letGo: letGo.signal });
    const sighted = await lookAt(exchange, file.path);
    if (mode === "observe") return observe(sighted, drawn);
    if (sighted.claim === undefined) await exchange.claim(file.path, UNSETTLED);
    const isDue = sighted.claim?.mark.revision !== drawn.revision;
    const wrong = sighted.found === undefined || differing(sighted.found, drawn.want).length > 0;
    if (wrong) await put(exchange, sighted, now, drawn);
    exposed.expose(drawn.members);
    exposed.name(drawn.members);
    if (wrong || isDue) return settle(exchange, now, drawn);
    return settled(file, drawn);
  }

  async function lookAt(exchange: Exchange, path: string): Promise<Sighted> {
    try {
      const sighted = await exchange.look(path);
      // Where nothing of Muster's has ever been, nobody was sent to anybody.
      if (sighted.claim === undefined) exposed.nobody();
      return sighted;
    } catch (thrown) {
      if (thrown instanceof ProviderError && thrown.kind === "conflict") exposed.nobody();
      throw thrown;
    }
  }

  async function observe({ found, claim }: Sighted, { want }: Drawn): Promise<number> {
    // Whoever changes it meanwhile is not asked.
    if (claim !== undefined) exposed.unknown();
    const lacks = found === undefined ? [] : differing(found, want);
    const reason = found === undefined ? "is not there" : lacks.length > 0 ? `differs: ${lacks.join(", ")}` : undefined;
    if (reason === undefined) report.clear();
    else await report.say(drifted(task.file.path, reason, groupsOf(task.file)));
    return clock.now() + RESYNC_MS;
  }

  /** Makes the file what it is to be. That its users are to be told is written down first. */
  async function put(exchange: Exchange, { found, claim }: Sighted, { file }: FrontTask, drawn: Drawn): Promise<void> {
    const { want, members, cause } = drawn;
    await confirmChecked(exchange, file, drawn);
    if (claim !== undefined && claim.mark.revision !== UNSETTLED) await exchange.claim(file.path, UNSETTLED);
    exposed.expose(members);
    if (found === undefined) await exchange.make(want);
    else await exchange.change(found, want);
    const declared = carried === undefined ? claim === undefined : !isDeepStrictEqual(carried, file);
    const change = { kind: found === undefined && carried === undefined ? "made" : "changed", declared } as const;
    const before = exposed.named();
    const why = declared ? "intentional" : sameMembers(before, members) ? "corrective" : cause;
    report.add(changed(file.path, { ...change, before, now: members }, groupsOf(file), why));
    carried = file;
  }

  async function confirmChecked(exchange: Exchange, { check }: FrontFile, { want, revision }: Drawn): Promise<void> {
    if (check === undefined) return;
    // The same content is refused again; it is asked about seldom.
    refused.confirmDue(revision);
    try {
      await exchange.check(want, check);
      refused.over();
    } catch (thrown) {
      refused.failed(thrown, revision);
      throw thrown;
    }
  }

  /** Tells those who use the file that it has changed, and writes down that they were. */
  async function settle(exchange: Exchange, { file }: FrontTask, drawn: Drawn): Promise<number> {
    const { notify, path } = file;
    await report.tell();
    if (notify !== undefined) {
      notifying.confirmDue();
      const ended = await deps.run(notify, clock, letGo.signal);
      if (ended.kind !== "well") {
        const [program] = notify.command;
        const reason = ended.kind === "late" ? tooLate(notify.timeoutMs) : ended.reason;
        const error = new ProviderError("retryable", `${program} was not told of the change: ${reason}`);
        notifying.failed(error);
        // It may have heard. Whoever leaves is not held up by somebody who does not answer.
        if (ended.kind === "late") exposed.settle(drawn.members);
        throw error;
      }
      notifying.over();
      await rest(notify.settleMs);
      report.add(notified(path, notify.command[0], groupsOf(file), drawn.cause));
    }
    await exchange.claim(path, drawn.revision);
    return settled(file, drawn);
  }

  /** What was asked for takes its time; nobody hurries it but the end. */
  async function rest(ms: number): Promise<void> {
    if (ms === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(ms, resolve);
    letGo.signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    cancel();
    if (letGo.signal.aborted)
      throw new ProviderError("retryable", "Muster ended before the change was carried through");
  }

  async function settled(file: FrontFile, { members }: Drawn): Promise<number> {
    carried = file;
    exposed.settle(members);
    report.clear();
    await report.tell();
    return clock.now() + RESYNC_MS;
  }

  function hurry(): void {
    woken = true;
    pacer.hurry();
  }

  async function end(graceMs: number, ended: Promise<unknown>): Promise<void> {
    await atMost(graceMs, ended, clock);
    // A command that has not ended by now is ended.
    letGo.abort();
    await atMost(ENDING_MS, ended, clock);
    exposed.end();
  }

  return {
    assign(next) {
      task = next;
      hurry();
    },
    wake() {
      woken = true;
      pacer.wake();
    },
    names: (group) => groupsOf(task.file).includes(group),
    withdrawn(group, id, signal) {
      const isConcerned = groupsOf(task.file).includes(group) || exposed.has(group, id);
      if (!isConcerned || letGo.signal.aborted) return undefined;
      const gone = exposed.gone(group, id, signal);
      // A pass that runs now may be about to name it: only the end of a pass tells.
      hurry();
      return gone;
    },
    stop: (graceMs) => end(graceMs, pacer.stop()),
    finish(graceMs) {
      const last = async (): Promise<unknown> => (woken ? passSafely() : undefined);
      return end(graceMs, pacer.stop().then(last));
    },
  };
}

function sameMembers(before: Named | undefined, now: Named): boolean {
  return before !== undefined && before.size === now.size && [...before.keys()].every((key) => now.has(key));
}
