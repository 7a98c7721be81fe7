/** What was tried and how it went: when what has failed is tried again, and what is chased no longer. */
import { backoffMs } from "@muster/engine";
import type { Address } from "@muster/model";
import type { Clock } from "../ports.ts";
import type { Visited } from "./visited.ts";

export interface Tries {
  /** Of one pass, or of one that came late. */
  count(word: string, visited: Visited): void;
  /** Why it is not tried now; undefined: it can be. */
  restingBecause(word: string): string | undefined;
  /** It was made and is not shown: when that was noticed first, ms since 1970. */
  missedSince(address: Address, lookedAt: number): number;
  hasWaitedLong(address: Address): boolean;
  /** When the next of these is due, ms since 1970; undefined: none is. */
  nextOf(visited: readonly Visited[]): number | undefined;
  /** Somebody wants everything to be tried now. */
  forget(): void;
}

interface Trouble {
  readonly failures: number;
  readonly at: number;
  readonly message: string;
}

/** So long a value may take to be shown after what it comes from was made, in milliseconds. */
const LONG_MS = 300_000;
/** Waiting for what nobody can tell the end of, one looks again after so long at most, in milliseconds. */
const LONGEST_WAIT_MS = 30_000;

export function openTries(clock: Clock): Tries {
  const troubles = new Map<string, Trouble>();
  /** How often in a row something was done to it. */
  const busy = new Map<string, number>();
  const waiting = new Map<string, { readonly since: number; readonly times: number }>();
  const missed = new Map<Address, number>();
  /** Passes in a row in which something could not be looked at. */
  let blind = 0;

  function trouble(word: string, failures: number, message: string): void {
    troubles.set(word, { failures, at: clock.now(), message });
  }

  function restOf({ failures, at }: Trouble, word: string): number {
    const rest = backoffMs(failures, word);
    const left = at + rest - clock.now();
    // A clock that was set back makes no rest longer.
    return left > rest ? 0 : left;
  }

  return {
    count(word, { end, step, id }) {
      if (end.kind !== "waiting") waiting.delete(word);
      if (id !== undefined) missed.delete(word);
      switch (end.kind) {
        case "kept":
          troubles.delete(word);
          busy.delete(word);
          return;
        case "failed":
          if (end.untried !== true) trouble(word, (troubles.get(word)?.failures ?? 0) + 1, end.message);
          return;
        case "done": {
          const times = (busy.get(word) ?? 0) + 1;
          busy.set(word, times);
          troubles.delete(word);
          // Whoever changes it again and again is not chased: he, or its provider, does not mean what is declared.
          if (times > 1) trouble(word, times - 1, `${step?.why ?? "it differs"} again, right after it was changed`);
          return;
        }
        case "waiting": {
          const { since = clock.now(), times = 0 } = waiting.get(word) ?? {};
          waiting.set(word, { since, times: times + 1 });
          return;
        }
        case "held":
        case "planned":
        case "skipped":
        case "untold":
          return;
      }
    },
    restingBecause(word) {
      const known = troubles.get(word);
      return known !== undefined && restOf(known, word) > 0 ? known.message : undefined;
    },
    missedSince(address, lookedAt) {
      const since = Math.min(missed.get(address) ?? lookedAt, lookedAt);
      missed.set(address, since);
      return since;
    },
    hasWaitedLong(address) {
      const since = waiting.get(address)?.since;
      return since !== undefined && clock.now() - since >= LONG_MS;
    },
    nextOf(visited) {
      const now = clock.now();
      blind = visited.some(({ end }) => end.kind === "untold") ? blind + 1 : 0;
      const rests = [...troubles].flatMap(([word, known]) => {
        const rest = restOf(known, word);
        return rest > 0 ? [now + rest] : [];
      });
      const waits = visited.flatMap(({ address, end }) => {
        if (end.kind !== "waiting") return [];
        const wait = Math.min(LONGEST_WAIT_MS, backoffMs(waiting.get(address)?.times ?? 1, address));
        return [end.until ?? now + wait];
      });
      const all = [...rests, ...waits, ...(blind === 0 ? [] : [now + backoffMs(blind, "look")])];
      return all.length === 0 ? undefined : all.reduce((first, each) => Math.min(first, each));
    },
    forget() {
      troubles.clear();
      busy.clear();
      waiting.clear();
      blind = 0;
    },
  };
}
