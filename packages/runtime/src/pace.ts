import type { Clock } from "./ports.ts";

/** Runs passes one after another, as seldom as may be and as soon as must be. */
export interface Pacer {
  /** Something may have changed: a pass is due. Any number of wakes before it begins are one. */
  wake(): void;
  /** As `wake`, and without the rest that keeps bursts of hints cheap. */
  hurry(): void;
  /** No pass begins any more; resolves when the one that runs has ended. */
  stop(): Promise<void>;
}

/** After a pass, hints wait as long as the pass took, but never longer than this: half of the time stays free. */
const LONGEST_REST_MS = 1_000;

/** `pass` answers when the next one is due though nothing wakes it, in ms since 1970; it does not throw. */
export function pace(pass: () => Promise<number>, clock: Clock): Pacer {
  let running: Promise<void> | undefined;
  let due: "no" | "wake" | "hurry" = "no";
  let cancel: (() => void) | undefined;
  let restedAt = 0;
  let stopped = false;

  function schedule(at: number): void {
    cancel?.();
    cancel = clock.after(at - clock.now(), begin);
  }

  function begin(): void {
    cancel = undefined;
    if (stopped || running !== undefined) return;
    due = "no";
    running = run();
  }

  async function run(): Promise<void> {
    const startedAt = clock.now();
    const next = await pass();
    const endedAt = clock.now();
    restedAt = endedAt + Math.min(LONGEST_REST_MS, endedAt - startedAt);
    running = undefined;
    if (stopped) return;
    if (due === "hurry") schedule(endedAt);
    else if (due === "wake") schedule(Math.min(restedAt, next));
    else schedule(next);
  }

  return {
    wake() {
      if (stopped || due !== "no") return;
      due = "wake";
      // A clock that was set back meanwhile makes no rest longer.
      if (running === undefined) schedule(Math.min(restedAt, clock.now() + LONGEST_REST_MS));
    },
    hurry() {
      if (stopped || due === "hurry") return;
      due = "hurry";
      if (running === undefined) schedule(clock.now());
    },
    async stop() {
      stopped = true;
      cancel?.();
      await running;
    },
  };
}
