/** The stacks that this process keeps: takes them, goes on with them, and lets go of them again. */

import { onlyGroup, onlyResource, resize, stackOf, withoutGroup, withoutResource } from "@muster/declaration";
import { MusterError, messageOf } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import { type GivenSettings, type Grammar, keepStack, type StackKeeper } from "@muster/runtime";
import { isAlive, type Lease, thisProcess } from "@muster/store";
import type { DaemonOptions } from "./options.ts";

export const grammar: Grammar = { stackOf, onlyGroup, onlyResource, resize, withoutGroup, withoutResource };

export interface Stacks {
  all(): readonly StackKeeper[];
  get(stack: string): StackKeeper | undefined;
  /** The keeper of a stack, which is taken if nobody has it, and keeps nothing yet. Throws `stack.held`. */
  take(stack: string): Promise<StackKeeper>;
  /** Goes on with what the store knows of a stack; lets go of it again when that cannot be read. */
  goOn(stack: string): Promise<void>;
  /** One after another for each stack: nobody lets go of it between another's steps. */
  inTurn<T>(stack: string, run: () => Promise<T>): Promise<T>;
  /** Lets go of a stack of which nothing is declared. */
  dropIfEmpty(stack: string): Promise<void>;
  close(): Promise<void>;
}

export interface StacksDeps {
  readonly options: DaemonOptions;
  /** Of the stacks that it was given. */
  readonly leases: readonly Lease[];
  readonly catalog: Catalog;
  readonly settings: GivenSettings;
}

export function keepStacks({ options, leases, catalog, settings }: StacksDeps): Stacks {
  const { store } = options;
  const given = new Map(leases.map((lease) => [lease.stack, lease]));
  const keepers = new Map<string, StackKeeper>();
  const turns = new Map<string, Promise<unknown>>();

  async function keep(lease: Lease): Promise<StackKeeper> {
    const { stack } = lease;
    const keeper = await keepStack({
      ...options.outside,
      ...{ store, lease, catalog, grammar, settings, waits: true },
      onEvent(event) {
        options.onEvent(event);
        // The last group of the stack may have gone with it.
        if (options.stacks === "all" && ENDS.includes(event.type)) setImmediate(() => void dropSoon(stack));
      },
      onStatus: (group, status) => options.onStatus(stack, group, status),
      onLost: (error) => void lose(stack, error),
      onTrouble: (thrown) =>
        options.onNotice({ kind: "trouble", message: `stack ${stack}: ${messageOf(thrown)}`, stack }),
    });
    keepers.set(stack, keeper);
    return keeper;
  }

  async function take(stack: string): Promise<StackKeeper> {
    const known = keepers.get(stack);
    if (known !== undefined) return known;
    const lease = given.get(stack) ?? (await acquire(stack));
    given.delete(stack);
    try {
      return await keep(lease);
    } catch (thrown) {
      await store.release(lease);
      throw thrown;
    }
  }

  async function goOn(stack: string): Promise<void> {
    const keeper = await take(stack);
    try {
      await keeper.begin();
    } catch (thrown) {
      keepers.delete(stack);
      await keeper.close();
      throw thrown;
    }
  }

  function acquire(stack: string): Promise<Lease> {
    return store.acquire(stack, thisProcess(options.socket, options.command), isAlive);
  }

  function inTurn<T>(stack: string, run: () => Promise<T>): Promise<T> {
    const before = turns.get(stack) ?? Promise.resolve();
    const mine = before.then(run, run);
    turns.set(stack, mine);
    void mine.then(forget, forget);
    function forget(): void {
      if (turns.get(stack) === mine) turns.delete(stack);
    }
    return mine;
  }

  async function dropIfEmpty(stack: string): Promise<void> {
    const keeper = keepers.get(stack);
    if (options.stacks !== "all" || keeper === undefined || keeper.declaration() !== undefined) return;
    keepers.delete(stack);
    await keeper.close();
  }

  async function dropSoon(stack: string): Promise<void> {
    try {
      await inTurn(stack, () => dropIfEmpty(stack));
    } catch (thrown) {
      tell(stack, thrown);
    }
  }

  /** That one stack ends here, and loudly; the others go on. */
  async function lose(stack: string, error: MusterError): Promise<void> {
    const keeper = keepers.get(stack);
    keepers.delete(stack);
    options.onNotice({ kind: "lost", message: error.message, stack, error });
    try {
      await keeper?.close();
    } catch (thrown) {
      tell(stack, thrown);
    }
  }

  /** What is written at the end of a stack that is not ours any more is refused; that is no news. */
  function tell(stack: string, thrown: unknown): void {
    if (thrown instanceof MusterError && thrown.code === "stack.lost") return;
    const message = `stack ${stack} was not ended in good order: ${messageOf(thrown)}`;
    options.onNotice({ kind: "trouble", message, stack });
  }

  async function endAll(): Promise<void> {
    const all = [...keepers.values()];
    keepers.clear();
    const ended = await Promise.allSettled(all.map((keeper) => keeper.close()));
    for (const [index, each] of ended.entries()) {
      if (each.status === "rejected") tell(all[index]?.stack ?? "", each.reason);
    }
  }

  return {
    all: () => [...keepers.values()],
    get: (stack) => keepers.get(stack),
    take,
    goOn,
    inTurn,
    dropIfEmpty,
    async close() {
      const { promise: late, resolve } = Promise.withResolvers<"late">();
      const cancel = options.outside.clock.after(CLOSE_MS, () => resolve("late"));
      const end = await Promise.race([endAll(), late]);
      cancel();
      if (end === "late") options.onNotice({ kind: "trouble", message: LATE });
    },
  };
}

/** What is in flight has so long to end, in milliseconds. A call that does not is left to itself. */
const CLOSE_MS = 10_000;
const LATE = `calls were still under way after ${CLOSE_MS / 1000} s; the next start looks for what came of them`;

const ENDS: readonly string[] = ["group.removed", "group.released"];
