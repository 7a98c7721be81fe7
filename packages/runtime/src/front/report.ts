/** What is told of a file: with the next write, whatever that is for, and what is wrong only once. */
import type { EventDraft } from "@muster/model";
import type { Writes } from "@muster/store";

export interface Report {
  /** Is told with the next write. */
  add(event: EventDraft): void;
  /** Says it now, unless it was the last that was said. */
  say(event: EventDraft): Promise<void>;
  /** Nothing is wrong any more: what is wrong next is said, whatever it is. */
  clear(): void;
  /** Writes down what is not told yet. */
  tell(): Promise<void>;
  /** Writes, and tells with it. */
  write(writes: Writes): Promise<void>;
}

export function reportTo(store: (writes: Writes) => Promise<void>): Report {
  let untold: readonly EventDraft[] = [];
  let said: string | undefined;

  async function write(writes: Writes): Promise<void> {
    const events = untold;
    await store(events.length === 0 ? writes : { ...writes, events });
    untold = untold.slice(events.length);
  }

  async function tell(): Promise<void> {
    if (untold.length > 0) await write({});
  }

  return {
    add(event) {
      untold = [...untold, event];
    },
    async say(event) {
      if (said !== event.message) untold = [...untold, event];
      said = event.message;
      await tell();
    },
    clear() {
      said = undefined;
    },
    tell,
    write,
  };
}
