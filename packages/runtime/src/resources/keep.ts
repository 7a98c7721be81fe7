/** Keeps the resources of a stack as declared: pass after pass, whatever wakes it. */
import { backoffMs } from "@muster/engine";
import { type Address, MusterError, messageOf, type ResourceStatus } from "@muster/model";
import type { Io } from "@muster/plugin";
import type { Store, Writes } from "@muster/store";
import type { Things } from "../checks/round.ts";
import { atMost } from "../deadline.ts";
import { pace } from "../pace.ts";
import type { Clock } from "../ports.ts";
import type { BindDeps } from "./bound.ts";
import type { Hands } from "./carry-out.ts";
import { hintsOf } from "./hints.ts";
import { lastingVisits } from "./lasting.ts";
import { openLedger } from "./ledger.ts";
import { memoryToWrite, recallResources } from "./memory.ts";
import { passOver } from "./pass.ts";
import { carryOutPurge, findPurged, wordOfDoomed } from "./purge.ts";
import { remembering } from "./remembering.ts";
import { openSight } from "./sight.ts";
import { statusOf } from "./statuses.ts";
import type { ResourcesTask } from "./tended.ts";
import { thingsIn } from "./to-check.ts";
import { openTries } from "./tries.ts";
import { openTurns } from "./turns.ts";
import { ended, type Visited } from "./visited.ts";
import type { Secrets } from "./wanted.ts";

/** How the resources of a stack stand. */
export interface ResourcesView {
  /** The generation that it speaks of. */
  readonly observedGeneration: number;
  /** The last pass has found nothing that is on its way: whatever is not as declared waits for a person, or has failed. */
  readonly settled: boolean;
  readonly statuses: readonly ResourceStatus[];
}

export interface ResourceKeeper {
  /** What is declared from now on. What had failed is tried at once. */
  assign(task: ResourcesTask): void;
  /**
   * Those are declared otherwise from this generation on: what is to be remembered of that, to be written with the
   * declaration.
   */
  expect(changed: readonly Address[], generation: number): NonNullable<Writes["memory"]>;
  /** Nothing is left of any: what is to be written, so that nothing is remembered either. */
  forget(): NonNullable<Writes["memory"]>;
  view(): ResourcesView;
  /** Those that checks are asked of, as the last pass has seen them. */
  readonly things: Things;
  wake(): void;
  /** Begins nothing more, and waits for what is under way at most so long. */
  stop(graceMs: number): Promise<void>;
}

export interface ResourceKeeperDeps extends BindDeps, Secrets {
  readonly stack: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly io: Io;
  write(writes: Writes): Promise<void>;
  /** They were released, and are there no longer. */
  onPruned(addresses: readonly Address[]): void;
  /** Everything that was to go with the stack is gone. */
  onGone(): void;
  onView(view: ResourcesView): void;
  onLost(error: MusterError): void;
  onTrouble(thrown: unknown): void;
}

/** Looks though nothing woke it: hints of local types are reliable, others give none. In milliseconds. */
const RESYNC_LOCAL_MS = 30_000;
const RESYNC_MS = 60_000;

/** Nothing is seen to before something is assigned. Throws `store.damaged`. */
export async function keepResources(deps: ResourceKeeperDeps): Promise<ResourceKeeper> {
  const { stack, store, clock } = deps;
  const ledger = openLedger(await recallResources(store, stack, clock.now()), deps.write, clock);
  const letGo = new AbortController();
  const pacer = pace(passSafely, clock);
  const hints = hintsOf(deps, pacer.wake);
  const turns = openTurns();
  const tries = openTries(clock);
  const remember = remembering(ledger);
  const lasting = lastingVisits({
    ...{ clock, letGo: letGo.signal, onLateFailure: fail },
    onLate(word, visited) {
      tries.count(word, visited);
      // Where many are under way, it is not looked at all of them for each.
      if (awaited.has(word) || lasting.isQuiet()) pacer.hurry();
    },
  });
  /** Others wait for these. */
  let awaited: ReadonlySet<string> = new Set();
  let task: ResourcesTask | undefined;
  let passFailures = 0;
  /** What the last pass has seen, where checks may ask for it. */
  let seen: ReadonlyMap<Address, Visited> = new Map();
  let view: ResourcesView = { observedGeneration: 0, settled: false, statuses: [] };
  const hands: Hands = {
    ...{ stack, ledger, clock },
    nonce: () => Buffer.from(deps.io.randomBytes(8)).toString("hex"),
  };

  function show(next: ResourcesView): void {
    view = next;
    deps.onView(view);
  }

  function fail(thrown: unknown): void {
    if (letGo.signal.aborted) return;
    if (thrown instanceof MusterError && thrown.code === "stack.lost") {
      letGo.abort();
      deps.onLost(thrown);
    } else {
      deps.onTrouble(thrown);
    }
  }

  async function passSafely(): Promise<number> {
    const now = task;
    if (letGo.signal.aborted || now === undefined) return clock.now() + RESYNC_MS;
    try {
      const next = await pass(now);
      passFailures = 0;
      return next;
    } catch (thrown) {
      fail(thrown);
      passFailures++;
      if (now === task) show(untold(now, thrown));
      return clock.now() + backoffMs(passFailures, stack);
    }
  }

  async function pass(now: ResourcesTask): Promise<number> {
    hints.listenFor(now);
    const patience = lasting.patience();
    try {
      return await passWith(now, patience);
    } finally {
      patience.end();
    }
  }

  async function passWith(now: ResourcesTask, patience: ReturnType<typeof lasting.patience>): Promise<number> {
    const { memory } = ledger;
    const sight = openSight({ stack, store, clock, turns, memory, isTended: (address) => now.tended.has(address) });
    const during = {
      ...{ clock, store, sight, turns, memory, hands, patience, lasting, ...tries },
      whyOver: () => whyOver(now),
    };
    const visited = await passOver(now, {
      ...deps,
      ...during,
      isPending: (address) => (memory.of(address).pending ?? Number.POSITIVE_INFINITY) <= now.generation,
    });
    for (const each of visited) tries.count(each.address, each);
    if (now !== task) return clock.now();
    await remember(now, visited);
    const found = await findPurged(now, visited, { ...deps, ...during });
    const purged = await carryOutPurge(found.doomed, during, hands);
    for (const [index, doomed] of found.doomed.entries()) {
      const each = purged[index];
      if (each !== undefined) tries.count(wordOfDoomed(doomed), each);
    }
    // What came meanwhile is seen to in the next pass, and this one does not speak of it.
    if (now !== task) return clock.now();
    const unseen = found.untold.map(({ address, ...trouble }) => ended(address, { kind: "untold", ...trouble }));
    return conclude(now, [...visited, ...purged, ...unseen]);
  }

  function conclude(now: ResourcesTask, visited: readonly Visited[]): number {
    const isMoving = visited.some(({ end }) => end.kind === "done");
    const isWaiting = visited.some(({ end }) => end.kind === "waiting");
    awaited = new Set(visited.flatMap(({ end }) => (end.kind === "waiting" ? (end.for ?? []) : [])));
    const settled = !isMoving && !isWaiting;
    seen = new Map(now.watched ? visited.map((each) => [each.address, each]) : []);
    show({ observedGeneration: now.generation, settled, statuses: visited.map(statusOf) });
    tellGone(now, visited);
    if (isMoving) return clock.now();
    const resync = clock.now() + (hints.areReliable() ? RESYNC_LOCAL_MS : RESYNC_MS);
    return Math.min(resync, tries.nextOf(visited) ?? resync);
  }

  /** Why nothing more is begun. */
  function whyOver(now: ResourcesTask): string | undefined {
    if (letGo.signal.aborted) return "Muster ended before it was begun";
    return now === task ? undefined : "it was declared otherwise before it was begun";
  }

  function tellGone({ tended, destroying }: ResourcesTask, visited: readonly Visited[]): void {
    const gone = visited.filter(({ end }) => end.kind === "kept").map(({ address }) => address);
    const pruned = gone.filter((address) => tended.get(address)?.fate === "pruned");
    if (pruned.length > 0) deps.onPruned(pruned);
    if (destroying && gone.length === tended.size) deps.onGone();
  }

  return {
    assign(next) {
      task = next;
      tries.forget();
      // Nobody is told yet: those who wait ask again.
      view = { ...view, settled: false };
      pacer.hurry();
    },
    expect: (changed, generation) => ledger.alongside(changed, { pending: generation }),
    forget() {
      const gone = [...ledger.memory.addresses()].map((address) => memoryToWrite(address, undefined));
      return Object.assign({}, ...gone);
    },
    view: () => view,
    things: thingsIn(
      () => task,
      (address) => seen.get(address),
      deps,
      (visited) => visited?.end.kind === "kept",
    ),
    wake: pacer.wake,
    async stop(graceMs) {
      letGo.abort();
      hints.end();
      const all = pacer.stop().then(lasting.ended).then(ledger.settled);
      try {
        await atMost(graceMs, all, clock);
      } catch (thrown) {
        deps.onTrouble(messageOf(thrown));
      }
    },
  };
}

/** Nobody can tell how any of them stands. */
function untold({ generation, tended }: ResourcesTask, thrown: unknown): ResourcesView {
  const next = thrown instanceof MusterError ? { next: thrown.next } : {};
  const statuses = [...tended.keys()].map(
    (address): ResourceStatus => ({ address, state: "failed", message: messageOf(thrown), ...next }),
  );
  return { observedGeneration: generation, settled: true, statuses };
}
