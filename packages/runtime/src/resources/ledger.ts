/**
 * What is written down while resources are seen to. Many are seen to at once: what comes together is written in one
 * transaction, and whoever gave it waits until it is there.
 */
import { type EventDraft, MusterError } from "@muster/model";
import type { Claim, Writes } from "@muster/store";
import type { Clock } from "../ports.ts";
import { memoryJson, RESOURCES_MEMORY, type ResourcesMemory } from "./memory.ts";

export interface Entry {
  readonly claim?: Claim | undefined;
  readonly release?: readonly Pick<Claim, "type" | "scope" | "id">[];
  readonly events?: readonly EventDraft[];
  readonly remember?: Remember | undefined;
}

export type Remember = (memory: ResourcesMemory) => ResourcesMemory;

export interface Ledger {
  /** With everything that is about to be written. */
  memory(): ResourcesMemory;
  /** Resolves when it is written down. One that cannot be (its claim is taken) holds up none of the others. */
  write(entry: Entry): Promise<void>;
  /** Remembers at once what somebody else writes down together with something of his own: this is to be written. */
  alongside(remember: Remember): NonNullable<Writes["memory"]>;
  /** Resolves when everything that was given is written down, or has failed. */
  settled(): Promise<void>;
}

interface Waiting {
  readonly entry: Entry;
  readonly done: () => void;
  readonly failed: (thrown: unknown) => void;
}

export function openLedger(first: ResourcesMemory, write: (writes: Writes) => Promise<void>, clock: Clock): Ledger {
  let memory = first;
  let gathered: Waiting[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  /** What came alongside while something was being written. */
  let meanwhile: Remember[] = [];

  async function flush(before: Promise<void>): Promise<void> {
    await before;
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
    const before = memory;
    meanwhile = [];
    for (const { remember } of entries) if (remember !== undefined) memory = remember(memory);
    try {
      await write({ ...writesOf(entries), ...(memory === before ? {} : remembering(memory)) });
      return undefined;
    } catch (thrown) {
      memory = meanwhile.reduce((now, remember) => remember(now), before);
      return thrown ?? new Error("it was not written");
    }
  }

  return {
    memory: () => memory,
    write(entry) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      gathered.push({ entry, done: resolve, failed: reject });
      if (next === undefined) {
        next = flush(last);
        last = next;
      }
      return promise;
    },
    alongside(remember) {
      memory = remember(memory);
      meanwhile.push(remember);
      return remembering(memory).memory;
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

function remembering(memory: ResourcesMemory): { readonly memory: NonNullable<Writes["memory"]> } {
  return { memory: { [RESOURCES_MEMORY]: memoryJson(memory) } };
}

function writesOf(entries: readonly Entry[]): Writes {
  return {
    release: entries.flatMap(({ release }) => release ?? []),
    claim: entries.flatMap(({ claim }) => claim ?? []),
    events: entries.flatMap(({ events }) => events ?? []),
  };
}
