/** Keeps the resources of a stack as declared: pass after pass, whatever wakes it. */
import { backoffMs } from "@muster/engine";
import { type Address, hashJson, MusterError, messageOf, type ResourceStatus } from "@muster/model";
import type { Io, Type } from "@muster/plugin";
import type { Store, Writes } from "@muster/store";
import { atMost } from "../deadline.ts";
import { pace } from "../pace.ts";
import type { Clock } from "../ports.ts";
import { settingsFor } from "../providers.ts";
import type { BindDeps } from "./bound.ts";
import type { Hands } from "./carry-out.ts";
import { openLedger } from "./ledger.ts";
import {
  memoryJson,
  RESOURCES_MEMORY,
  type ResourcesMemory,
  recalled,
  resourcesMemoryFrom,
  without,
} from "./memory.ts";
import { passOver } from "./pass.ts";
import { carryOutPurge, findPurged } from "./purge.ts";
import { openSight } from "./sight.ts";
import { statusOf } from "./statuses.ts";
import type { ResourcesTask } from "./tended.ts";
import { driftedOf } from "./told.ts";
import type { Visited } from "./visited.ts";
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
  /** Those are declared otherwise from now on: what is to be remembered of that, to be written with the declaration. */
  expect(changed: readonly Address[]): Writes["memory"];
  view(): ResourcesView;
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
  onLost(error: MusterError): void;
  onTrouble(thrown: unknown): void;
}

/** Looks though nothing woke it: hints of local types are reliable, others give none. In milliseconds. */
const RESYNC_LOCAL_MS = 30_000;
const RESYNC_MS = 60_000;

interface Trouble {
  readonly failures: number;
  readonly until: number;
  readonly message: string;
}

/** Nothing is seen to before something is assigned. Throws `store.damaged`. */
export async function keepResources(deps: ResourceKeeperDeps): Promise<ResourceKeeper> {
  const { stack, store, clock } = deps;
  const remembered = resourcesMemoryFrom(await store.memory(stack, RESOURCES_MEMORY), stack);
  const ledger = openLedger(recalled(remembered, clock.now()), deps.write, clock);
  const letGo = new AbortController();
  const pacer = pace(passSafely, clock);
  const troubles = new Map<Address, Trouble>();
  /** How often in a row something was done to it. */
  const busy = new Map<Address, number>();
  const drifted = new Map<Address, string>();
  const pending = new Set<Address>(remembered.pending);
  const listening = new Map<string, () => void>();
  let task: ResourcesTask | undefined;
  let passFailures = 0;
  let view: ResourcesView = { observedGeneration: 0, settled: false, statuses: [] };
  const hands: Hands = {
    ...{ stack, ledger, clock },
    nonce: () => Buffer.from(deps.io.randomBytes(8)).toString("hex"),
  };

  async function passSafely(): Promise<number> {
    if (letGo.signal.aborted || task === undefined) return clock.now() + RESYNC_MS;
    try {
      const next = await pass(task);
      passFailures = 0;
      return next;
    } catch (thrown) {
      if (letGo.signal.aborted) return clock.now() + RESYNC_MS;
      if (thrown instanceof MusterError && thrown.code === "stack.lost") {
        letGo.abort();
        deps.onLost(thrown);
      } else {
        deps.onTrouble(thrown);
      }
      passFailures++;
      return clock.now() + backoffMs(passFailures, stack);
    } finally {
      await ledger.settled();
    }
  }

  async function pass(now: ResourcesTask): Promise<number> {
    listen(now);
    const sight = openSight({ stack, store, clock, memory: ledger.memory });
    const visited = await passOver(now, {
      ...deps,
      ...{ sight, hands, memory: ledger.memory, letGo: letGo.signal },
      isPending: (address) => pending.has(address),
      restingUntil: resting,
    });
    for (const each of visited) count(each);
    await remember(visited);
    const purged = await findPurged(now, visited, { ...deps, sight });
    if (now === task) await carryOutPurge(purged.steps, now, { ...deps, sight }, hands);
    // What came meanwhile is seen to in the next pass, and this one does not speak of it.
    if (now !== task) return clock.now();
    const isMoving =
      visited.some(({ end }) => end.kind === "done") || purged.steps.some(({ held }) => held === undefined);
    const isWaiting = visited.some(({ end }) => end.kind === "waiting");
    view = { observedGeneration: now.generation, settled: !isMoving && !isWaiting, statuses: visited.map(statusOf) };
    tellGone(now, visited);
    return isMoving ? clock.now() : nextOf(now, visited);
  }

  function resting(address: Address): { readonly until: number; readonly message: string } | undefined {
    const trouble = troubles.get(address);
    return trouble !== undefined && clock.now() < trouble.until ? trouble : undefined;
  }

  function count({ address, end, step }: Visited): void {
    if (end.kind === "kept") {
      troubles.delete(address);
      busy.delete(address);
      drifted.delete(address);
    } else if (end.kind === "failed" && resting(address) === undefined) {
      const failures = (troubles.get(address)?.failures ?? 0) + 1;
      troubles.set(address, { failures, message: end.message, until: clock.now() + backoffMs(failures, address) });
    } else if (end.kind === "done") {
      const times = (busy.get(address) ?? 0) + 1;
      busy.set(address, times);
      // Whoever changes it again and again is not chased: he, or its provider, does not mean what is declared.
      if (times < 2) return;
      const message = `${step?.why ?? "it differs"} again, right after it was changed`;
      troubles.set(address, { failures: times - 1, message, until: clock.now() + backoffMs(times - 1, address) });
    }
  }

  /** What a look has shown is not remembered any more; what is as declared is no longer awaited. */
  async function remember(visited: readonly Visited[]): Promise<void> {
    const kept = visited.filter(({ end }) => end.kind === "kept");
    for (const { address } of kept) pending.delete(address);
    const events = visited.flatMap(({ address, end, step }) => {
      if (end.kind !== "held" || step?.held === undefined || step.cause !== "corrective") return [];
      if (drifted.get(address) === step.why) return [];
      drifted.set(address, step.why);
      return [driftedOf(address, step, step.held.message)];
    });
    const { open, pending: awaited } = ledger.memory();
    const shown = kept.filter(({ address, id }) => id !== undefined && Object.hasOwn(open, address));
    const isSame = shown.length === 0 && awaited.length === pending.size;
    if (isSame && events.length === 0) return;
    await ledger.write({ events, ...(isSame ? {} : { remember: (memory) => afterLook(memory, shown) }) });
  }

  function afterLook(memory: ResourcesMemory, shown: readonly Visited[]): ResourcesMemory {
    let { open } = memory;
    for (const { address } of shown) open = without(open, address);
    return { ...memory, open, pending: [...pending] };
  }

  function tellGone({ tended }: ResourcesTask, visited: readonly Visited[]): void {
    const gone = visited.filter(({ end }) => end.kind === "kept").map(({ address }) => address);
    const pruned = gone.filter((address) => tended.get(address)?.fate === "pruned");
    if (pruned.length > 0) deps.onPruned(pruned);
    const fates = [...tended.values()].map(({ fate }) => fate);
    if (fates.length > 0 && fates.every((fate) => fate === "leaving") && gone.length === fates.length) deps.onGone();
  }

  function nextOf(task: ResourcesTask, visited: readonly Visited[]): number {
    const now = clock.now();
    const resync = now + (typesOf(task).every(({ type }) => type.local) ? RESYNC_LOCAL_MS : RESYNC_MS);
    const soon = visited.flatMap(({ address, end }) => {
      if (end.kind === "waiting") return [end.until ?? now + 1_000];
      const until = troubles.get(address)?.until;
      return until === undefined || until <= now ? [] : [until];
    });
    return Math.min(resync, ...soon);
  }

  function typesOf({
    tended,
    providers,
  }: ResourcesTask): readonly { readonly type: Type; readonly settings: object }[] {
    const names = new Set(
      [...tended.values()].map(({ resource: { type, provider } }) => JSON.stringify([type, provider])),
    );
    return [...names].flatMap((word) => {
      const [name, provider] = JSON.parse(word);
      const type = deps.catalog.type(name, "muster");
      return type === undefined
        ? []
        : [{ type, settings: settingsFor(type, providers, deps.settings, provider ?? undefined) }];
    });
  }

  function listen(now: ResourcesTask): void {
    const wanted = new Map(
      typesOf(now).map(({ type, settings }) => {
        const key = `${type.name} ${hashJson({ ...settings })}`;
        return [key, () => deps.providers.listen(type, { ...settings }, pacer.wake)] as const;
      }),
    );
    for (const [key, end] of listening) {
      if (wanted.has(key)) continue;
      end();
      listening.delete(key);
    }
    for (const [key, begin] of wanted) if (!listening.has(key)) listening.set(key, begin());
  }

  return {
    assign(next) {
      task = next;
      troubles.clear();
      busy.clear();
      view = { ...view, settled: false };
      pacer.hurry();
    },
    expect(changed) {
      for (const address of changed) pending.add(address);
      return { [RESOURCES_MEMORY]: memoryJson({ ...ledger.memory(), pending: [...pending] }) };
    },
    view: () => view,
    wake: pacer.wake,
    async stop(graceMs) {
      letGo.abort();
      for (const end of listening.values()) end();
      listening.clear();
      try {
        await atMost(graceMs, pacer.stop(), clock);
      } catch (thrown) {
        deps.onTrouble(messageOf(thrown));
      }
    },
  };
}
