/**
 * What is written down while resources are seen to. Many are seen to at once: what comes together is written in one
 * transaction, and whoever gave it waits until it is there.
 */
import { type Address, type EventDraft, MusterError } from "@muster/model";
import type { Claim, Claiming, Writes } from "@muster/store";
import type { Clock } from "../ports.ts";
import { type Draft, memoryOf, memoryToWrite, type Remembered, type ResourcesMemory } from "./memory.ts";

export interface Entry {
  readonly claim?: Claiming | undefined;
  readonly release?: readonly Pick<Claim, "type" | "scope" | "id">[];
  readonly events?: readonly EventDraft[];
  readonly remember?: ((memory: Draft) => void) | undefined;
}

export interface Ledger {
  /** With everything that is about to be written. */
  readonly memory: ResourcesMemory;
  /** Resolves when it is written down. One that cannot be (its claim is taken) holds up none of the others. */
  write(entry: Entry): Promise<void>;
  /** Remembers at once what somebody else writes down together with something of his own: this is to be written. */
  alongside(changed: readonly Address[], changes: Remembered): NonNullable<Writes["memory"]>;
  /** Resolves when everything that was given is written down, or has failed. */
  settled(): Promise<void>;
}

interface Waiting {
  readonly entry: Entry;
  readonly done: () => void;
  readonly failed: (thrown: unknown) => void;
}

/** @param all what is remembered: from now on it is the ledger's own */
export function openLedger(
  all: Map<Address, Remembered>,
  write: (writes: Writes) => Promise<void>,
  clock: Clock,
): Ledger {
  const memory = memoryOf(all);
  let gathered: Waiting[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  /** What of each was remembered before what is being written now. */
  const before = new Map<Address, Remembered>();
  const draft: Draft = {
    ...memory,
    change(address, changes) {
      const was = memory.of(address);
      if (!before.has(address)) before.set(address, was);
      put(address, { ...was, ...changes });
    },
  };

  function put(address: Address, remembered: Remembered): void {
    if (Object.values(remembered).every((each) => each === undefined)) all.delete(address);
    else all.set(address, remembered);
  }

  async function flush(previous: Promise<void>): Promise<void> {
    await previous;
    await new Promise<void>((resolve) => clock.after(0, resolve));
    const batch = gathered;
    gathered = [];
    next = undefined;
    const thrown = await attempt(batch);
    if (thrown === undefined || batch.length === 1 || isLost(thrown)) return tell(batch, thrown);
    for (const each of batch) tell([each], await attempt([each]));
  }

  /** Undefined when it is written. */
  async function attempt(batch: readonly Waiting[]): Promise<unknown> {
    const entries = batch.map(({ entry }) => entry);
    before.clear();
    for (const { remember } of entries) remember?.(draft);
    try {
      await write({ ...writesOf(entries), ...remembering(before.keys()) });
      return undefined;
    } catch (thrown) {
      for (const [address, was] of before) put(address, was);
      return thrown ?? new Error("it was not written");
    } finally {
      before.clear();
    }
  }

  function remembering(changed: Iterable<Address>): Pick<Writes, "memory"> {
    const written = [...changed].map((address) => memoryToWrite(address, all.get(address)));
    return written.length === 0 ? {} : { memory: Object.assign({}, ...written) };
  }

  return {
    memory,
    write(entry) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      gathered.push({ entry, done: resolve, failed: reject });
      if (next === undefined) {
        next = flush(last);
        last = next;
      }
      return promise;
    },
    alongside(changed, changes) {
      for (const address of changed) {
        put(address, { ...memory.of(address), ...changes });
        // It stays, also where what is being written now is not.
        const was = before.get(address);
        if (was !== undefined) before.set(address, { ...was, ...changes });
      }
      return remembering(changed).memory ?? {};
    },
    async settled() {
      while (next !== undefined) await next;
      await last;
    },
  };
}

function tell(batch: readonly Waiting[], thrown: unknown): void {
  for (const { done, failed } of batch) {
    if (thrown === undefined) done();
    else failed(thrown);
  }
}

/** Whoever has lost the stack writes nothing of it any more. */
function isLost(thrown: unknown): boolean {
  return thrown instanceof MusterError && thrown.code === "stack.lost";
}

function writesOf(entries: readonly Entry[]): Writes {
  return {
    release: entries.flatMap(({ release }) => release ?? []),
    claim: entries.flatMap(({ claim }) => claim ?? []),
    events: entries.flatMap(({ events }) => events ?? []),
  };
}
