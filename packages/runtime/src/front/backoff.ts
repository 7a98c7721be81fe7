import type { Clock } from "../ports.ts";

/** Holds back what keeps failing, though something else asks for it again and again. */
export interface Backoff {
  /** Throws what it failed with before, while it is not due again. Another `word` is another thing, and due. */
  confirmDue(word?: string): void;
  failed(error: unknown, word?: string): void;
  over(): void;
  /** When it is due again, in ms since 1970; undefined where it has not failed. */
  until(): number | undefined;
}

const FIRST_MS = 1_000;
const MOST_MS = 60_000;

/** 1 s, 2 s, 4 s … 1 min. */
export function backingOff(clock: Clock): Backoff {
  let last: { readonly error: unknown; readonly word: string | undefined; readonly until: number } | undefined;
  let failures = 0;
  return {
    confirmDue(word) {
      if (last !== undefined && last.word === word && clock.now() < last.until) throw last.error;
    },
    failed(error, word) {
      failures = last?.word === word ? failures + 1 : 1;
      last = { error, word, until: clock.now() + Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10)) };
    },
    over() {
      last = undefined;
      failures = 0;
    },
    until: () => last?.until,
  };
}
