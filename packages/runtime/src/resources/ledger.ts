/**
 * What is written down while resources are seen to. Many are seen to at once: what comes together is written in one
 * transaction, and whoever gave it waits until it is there.
 */
import type { EventDraft } from "@muster/model";
import type { Claim, Writes } from "@muster/store";
import type { Clock } from "../ports.ts";
import { memoryJson, RESOURCES_MEMORY, type ResourcesMemory } from "./memory.ts";

export interface Entry {
  readonly claim?: Claim;
  readonly release?: Pick<Claim, "type" | "scope" | "id">;
  readonly events?: readonly EventDraft[];
  readonly remember?: (memory: ResourcesMemory) => ResourcesMemory;
}

export interface Ledger {
  memory(): ResourcesMemory;
  /** Resolves when it is written down. Where that fails, nothing of what came together is, and everybody hears of it. */
  write(entry: Entry): Promise<void>;
  /** Resolves when everything that was given is written down, or has failed. */
  settled(): Promise<void>;
}

export function openLedger(first: ResourcesMemory, write: (writes: Writes) => Promise<void>, clock: Clock): Ledger {
  let memory = first;
  let written = first;
  let gathered: Entry[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();

  async function flush(): Promise<void> {
    await last.catch(() => undefined);
    await new Promise<void>((resolve) => clock.after(0, resolve));
    const entries = gathered;
    gathered = [];
    next = undefined;
    const before = memory;
    for (const { remember } of entries) if (remember !== undefined) memory = remember(memory);
    try {
      await write({ ...writesOf(entries), ...(memory === written ? {} : remembering(memory)) });
      written = memory;
    } catch (thrown) {
      memory = before;
      throw thrown;
    }
  }

  return {
    memory: () => memory,
    write(entry) {
      gathered.push(entry);
      if (next === undefined) {
        next = flush();
        last = next;
      }
      return next;
    },
    async settled() {
      while (next !== undefined) await next.catch(() => undefined);
      await last.catch(() => undefined);
    },
  };
}

function remembering(memory: ResourcesMemory): Pick<Writes, "memory"> {
  return { memory: { [RESOURCES_MEMORY]: memoryJson(memory) } };
}

function writesOf(entries: readonly Entry[]): Writes {
  return {
    release: entries.flatMap(({ release }) => release ?? []),
    claim: entries.flatMap(({ claim }) => claim ?? []),
    events: entries.flatMap(({ events }) => events ?? []),
  };
}
