import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@muster/model";
import type { Raw } from "./raw.ts";
import { Unmet } from "./statement.ts";

/** A hint that comes later is no help. Milliseconds. */
const LATEST = 3_000;
/** One change may lead to several hints; after so many milliseconds the last of them has come. */
const REST = 250;

export interface Listener {
  /** Waits for a line as it should be. Throws `Unmet` when none comes. */
  next(isSo: (line: string) => boolean, expected: string): Promise<void>;
  /** Waits a moment, and forgets what has come so far. */
  rest(): Promise<void>;
}

/** Reads a plugin's hints until the signal. */
export function listen(raw: Raw, signal: AbortSignal): Listener {
  const heard: string[] = [];
  let ended: string | undefined;
  let heardMore = Promise.withResolvers<void>();

  async function read(): Promise<void> {
    for await (const line of raw.hints(signal)) {
      heard.push(line);
      heardMore.resolve();
      heardMore = Promise.withResolvers();
    }
    throw new Error("the stream ended");
  }

  read().catch((thrown: unknown) => {
    ended = messageOf(thrown);
    heardMore.resolve();
  });

  return {
    async next(isSo, expected) {
      const deadline = performance.now() + LATEST;
      for (;;) {
        const found = heard.findIndex(isSo);
        if (found >= 0) {
          heard.splice(0, found + 1);
          return;
        }
        if (ended !== undefined) throw new Unmet(expected, ended);
        const left = deadline - performance.now();
        if (left <= 0) throw new Unmet(expected, `nothing of the kind within ${LATEST / 1000} s`);
        await Promise.race([heardMore.promise, sleep(left, undefined, { signal })]);
      }
    },
    async rest() {
      await sleep(REST);
      heard.length = 0;
    },
  };
}
