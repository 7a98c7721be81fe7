/** What cows say, and what they do when they are told to: a provider's `logs`, `console` and `exec`, in memory. */
import { setTimeout as pause } from "node:timers/promises";
import type { Observed } from "@muster/model";
import {
  type Ctx,
  type Execution,
  type Exit,
  type LogsAsked,
  type Printed,
  type Provider,
  ProviderError,
} from "../contract.ts";

export interface Voices extends Required<Pick<Provider, "logs" | "console" | "exec">> {
  /** The cow says a line of its own accord. */
  say(id: string, line: string): void;
}

/** @param hear calls back when a cow has come or gone, until the signal */
export function voices(
  things: ReadonlyMap<string, Observed>,
  hear: (wake: () => void, signal: AbortSignal) => void,
): Voices {
  const said = new Map<string, string[]>();
  const listeners = new Set<() => void>();

  function say(id: string, line: string): void {
    said.set(id, [...(said.get(id) ?? []), line]);
    for (const wake of listeners) wake();
  }

  async function news(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const over = new AbortController();
    listeners.add(resolve);
    hear(resolve, over.signal);
    signal.addEventListener("abort", () => resolve(), { once: true, signal: over.signal });
    await promise;
    listeners.delete(resolve);
    over.abort();
  }

  async function* told(id: string, { lines, follow }: LogsAsked, { signal }: Ctx): AsyncGenerator<Uint8Array, void> {
    confirmThere(things, id);
    const sofar = said.get(id)?.length ?? 0;
    let next = lines === undefined ? 0 : Math.max(0, sofar - lines);
    for (;;) {
      for (let line = said.get(id)?.[next]; line !== undefined; line = said.get(id)?.[next]) {
        next++;
        yield Buffer.from(`${line}\n`);
      }
      if (!follow || signal.aborted || !things.has(id)) return;
      await news(signal);
    }
  }

  /** The cow hears each piece, and says so. */
  async function typed(id: string, input: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of input) say(id, `heard ${Buffer.from(bytes).toString().trimEnd()}`);
  }

  return {
    say,
    logs: told,
    async *console(id, { input, ...asked }, ctx) {
      confirmThere(things, id);
      const typing = input === undefined ? undefined : typed(id, input);
      if (!asked.follow) await typing;
      typing?.catch(() => undefined);
      yield* told(id, asked, ctx);
    },
    async exec(id, { command: [word, ...others] }, ctx) {
      confirmThere(things, id);
      const trick = TRICKS[word];
      if (trick === undefined) throw new ProviderError("invalid", `a cow cannot \`${word}\``);
      return begin(trick(others, (line) => say(id, line), ctx));
    },
  };
}

/** The cow. Throws `invalid` where there is no such one. */
export function confirmThere(things: ReadonlyMap<string, Observed>, id: string): Observed {
  const cow = things.get(id);
  if (cow === undefined) throw new ProviderError("invalid", `there is no cow ${id}`);
  return cow;
}

type Trick = (words: readonly string[], say: (line: string) => void, ctx: Ctx) => AsyncGenerator<Printed, Exit>;

const TRICKS: Readonly<Record<string, Trick>> = {
  /** Says the words, which stand in its log too. */
  async *moo(words, say) {
    const line = words.join(" ") || "moo";
    say(line);
    yield printed("out", `${line}\n`);
    return { kind: "exited", code: 0 };
  },
  /** Complains, and ends with the code that it is given. */
  async *kick([code = "1"]) {
    yield printed("err", "ouch\n");
    return { kind: "exited", code: Number(code) };
  },
  /** Says so much, in pieces of 64 KiB. */
  async *low([count = "1"]) {
    for (let left = Number(count); left > 0; left--) yield printed("out", LOWING);
    return { kind: "exited", code: 0 };
  },
  /** Goes on until nobody wants it any more. */
  async *graze(_words, say, { signal }) {
    yield printed("out", "grazing\n");
    await pause(2 ** 30, undefined, { signal }).catch(() => undefined);
    say("was called home");
    return { kind: "killed", signal: "SIGTERM" };
  },
};

const LOWING = "o".repeat(64 * 1024);

function printed(stream: Printed["stream"], text: string): Printed {
  return { stream, bytes: Buffer.from(text) };
}

function begin(trick: AsyncGenerator<Printed, Exit>): Execution {
  const { promise: ended, resolve } = Promise.withResolvers<Exit>();
  async function* output(): AsyncGenerator<Printed, void> {
    resolve(yield* trick);
  }
  return { output: output(), ended };
}
