/**
 * Asks the checks of a stack and of its resources as long as somebody keeps it: when it has come to rest, when something was
 * changed, and every minute. What fails is asked again sooner.
 */
import { type ChecksView, isObject, MusterError, NO_CHECKS, type Stack } from "@muster/model";
import type { Store, Writes } from "@muster/store";
import { atMost } from "../deadline.ts";
import { pace } from "../pace.ts";
import type { Clock } from "../ports.ts";
import { checksHold } from "./condition.ts";
import { type Watched, watchedIn } from "./declared.ts";
import { askAll, type Things } from "./round.ts";
import { NOTHING_STANDS, type Open, type Standing, standingAfter } from "./standing.ts";
import type { AskChecks } from "./whom.ts";

export interface CheckKeeper {
  /** What is declared from now on. */
  assign(stack: Stack, generation: number): void;
  /** Something was changed, or has come to rest. */
  wake(): void;
  view(): ChecksView;
  /** Asks all of them once more, and tells how they stand then. Throws `stack.lost` where they are let go before. */
  askNow(): Promise<ChecksView>;
  /** What is to be written so that nothing is remembered. */
  forget(): NonNullable<Writes["memory"]>;
  stop(graceMs: number): Promise<void>;
}

export interface CheckKeeperDeps {
  readonly stack: string;
  readonly store: Pick<Store, "memory">;
  readonly clock: Clock;
  readonly ask: AskChecks;
  readonly things: Things;
  /** Nothing of the stack is under way. */
  isAtRest(): boolean;
  write(writes: Writes): Promise<void>;
  onLost(error: MusterError): void;
  onTrouble(thrown: unknown): void;
}

/** Between rounds where all is well, where something fails, and where it failed for the first time. Milliseconds. */
const EVERY_MS = 60_000;
const FAILING_MS = 10_000;
const SUSPECT_MS = 2_000;
/** A round takes no longer; whoever has not answered by then is unknown. */
const ROUND_MS = 30_000;
/** The name that it is remembered under. It can be the name of no group. */
const MEMORY = "checks:open";

interface Task {
  readonly generation: number;
  readonly all: readonly Watched[];
}

/** Throws `store.damaged`. */
export async function keepChecks(deps: CheckKeeperDeps): Promise<CheckKeeper> {
  const { stack, clock } = deps;
  const letGo = new AbortController();
  const pacer = pace(passSafely, clock);
  let standing: Standing = { ...NOTHING_STANDS, open: openIn(await deps.store.memory(stack, MEMORY), stack) };
  let task: Task = { generation: 0, all: [] };
  let view: ChecksView = NO_CHECKS;
  let dueAt = clock.now() + EVERY_MS;
  let isWoken = false;
  let waiting: PromiseWithResolvers<ChecksView>[] = [];

  async function passSafely(): Promise<number> {
    const now = clock.now();
    if (letGo.signal.aborted) return now + EVERY_MS;
    if (waiting.length === 0 && now < dueAt && !(isWoken && deps.isAtRest())) return dueAt;
    isWoken = false;
    const asked = waiting;
    waiting = [];
    try {
      const shown = await round(task);
      // Something else was declared meanwhile: that is what is asked about.
      if (shown === undefined) waiting = [...asked, ...waiting];
      else for (const each of asked) each.resolve(shown);
      dueAt = shown === undefined ? now : clock.now() + restMs(standing);
    } catch (thrown) {
      for (const each of asked) each.reject(thrown);
      if (!letGo.signal.aborted) tell(thrown);
      dueAt = clock.now() + FAILING_MS;
    }
    if (letGo.signal.aborted) failWaiting();
    return dueAt;
  }

  function tell(thrown: unknown): void {
    if (thrown instanceof MusterError && thrown.code === "stack.lost") deps.onLost(thrown);
    else deps.onTrouble(thrown);
  }

  /** Undefined where it is out of date. */
  async function round(now: Task): Promise<ChecksView | undefined> {
    const over = new AbortController();
    const cancel = clock.after(ROUND_MS, () => over.abort());
    const verdicts = await askAll(now.all, deps.things, deps.ask, AbortSignal.any([over.signal, letGo.signal])).finally(
      cancel,
    );
    if (letGo.signal.aborted) throw lost();
    if (now !== task) return undefined;
    const next = standingAfter(standing, now.all, verdicts, clock.now());
    const isOther = JSON.stringify(next.standing.open) !== JSON.stringify(standing.open);
    if (isOther) {
      const open = Object.keys(next.standing.open).length === 0 ? null : next.standing.open;
      await deps.write({ events: next.events, memory: { [MEMORY]: open } });
    }
    standing = next.standing;
    view = viewOf(now, standing, clock.now());
    return view;
  }

  function lost(): MusterError {
    return new MusterError("stack.lost", { stack, detail: "it was let go before its checks were asked" });
  }

  function failWaiting(): void {
    for (const each of waiting) each.reject(lost());
    waiting = [];
  }

  return {
    assign(next, generation) {
      task = { generation, all: watchedIn(next) };
      isWoken = true;
      // It is given time to become what it is to be.
      dueAt = clock.now() + EVERY_MS;
      pacer.wake();
    },
    wake() {
      isWoken = true;
      pacer.wake();
    },
    view: () => view,
    askNow() {
      if (letGo.signal.aborted) return Promise.reject(lost());
      const answer = Promise.withResolvers<ChecksView>();
      waiting.push(answer);
      pacer.hurry();
      return answer.promise;
    },
    forget: () => ({ [MEMORY]: null }),
    async stop(graceMs) {
      letGo.abort();
      await atMost(graceMs, pacer.stop(), clock);
      failWaiting();
    },
  };
}

function restMs({ suspects, open }: Standing): number {
  if (suspects.size > 0) return SUSPECT_MS;
  return Object.keys(open).length > 0 ? FAILING_MS : EVERY_MS;
}

function viewOf({ generation, all }: Task, { open, statuses }: Standing, askedAt: number): ChecksView {
  const told = [...statuses.values()];
  if (told.length === 0) return { observedGeneration: generation, askedAt, statuses: [] };
  const failing = all.flatMap(({ key }) => (Object.hasOwn(open, key) ? (statuses.get(key) ?? []) : []));
  const unknown = told.filter(({ verdict }) => verdict === "unknown");
  const well = told.length === 1 ? "1 check holds" : `${told.length} checks hold`;
  const condition = checksHold(failing.map(sentence), unknown.map(sentence), well);
  return { observedGeneration: generation, askedAt, statuses: told, condition };
}

function sentence({ resource, check, reason }: ChecksView["statuses"][number]): string {
  return `${resource === undefined ? "" : `${resource}: `}check ${check}: ${reason ?? "it failed"}`;
}

function openIn(remembered: unknown, stack: string): Open {
  if (remembered === undefined) return {};
  if (!isObject(remembered)) {
    throw new MusterError("store.damaged", { path: "", detail: `what is remembered of the checks of ${stack}` });
  }
  return Object.fromEntries(Object.entries(remembered).map(([key, since]) => [key, Number(since)]));
}
