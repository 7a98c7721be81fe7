/** A plugin whose things can be heard and told: `moo WORDS` is a cow's own trick, all else is run as a real process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf } from "@muster/model";
import type { ExecAsked, Execution, Exit, Printed } from "@muster/plugin";
import { definePlugin, type Item, ProviderError, z } from "@muster/sdk";

interface Cow extends Item<{ name?: string }> {
  readonly said: string[];
}

const cows = new Map<string, Cow>();
const wakes = new Set<() => void>();
let last = 0;

function find(id: string): Cow {
  const cow = cows.get(id);
  if (cow === undefined) throw new ProviderError("invalid", `there is no cow ${id}`);
  return cow;
}

function ring(): void {
  for (const wake of wakes) wake();
}

async function news(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  wakes.add(resolve);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  wakes.delete(resolve);
}

function moo(cow: Cow, words: readonly string[]): Execution {
  cow.said.push(words.join(" "));
  ring();
  async function* output(): AsyncGenerator<Printed> {
    yield { stream: "out", bytes: Buffer.from(`${words.join(" ")}\n`) };
  }
  return { output: output(), ended: Promise.resolve({ kind: "exited", code: 0 }) };
}

async function run({ command: [program, ...words], input }: ExecAsked, signal: AbortSignal): Promise<Execution> {
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "pipe"], signal });
  const ended = Promise.withResolvers<Exit>();
  child.once("close", (code, killed) =>
    ended.resolve(code === null ? { kind: "killed", signal: String(killed) } : { kind: "exited", code }),
  );
  child.on("error", () => undefined);
  await once(child, "spawn").catch((thrown: unknown) => {
    throw new ProviderError("invalid", messageOf(thrown));
  });
  if (input === undefined) child.stdin.end();
  else void pipeline(input, child.stdin).catch(() => undefined);
  return { output: merged({ out: child.stdout, err: child.stderr }), ended: ended.promise };
}

/** Both are read from the first moment on: what nobody reads is thrown away when the process ends. */
async function* merged(streams: Readonly<Record<Printed["stream"], Readable>>): AsyncGenerator<Printed> {
  const both = new PassThrough({ objectMode: true });
  let open = 2;
  for (const stream of ["out", "err"] as const) {
    streams[stream].on("data", (bytes: Uint8Array) => both.write({ stream, bytes }));
    streams[stream].once("close", () => --open === 0 && both.end());
  }
  yield* both;
}

export default definePlugin({
  name: "cows",
  types: [
    {
      name: "cow",
      schema: z.strictObject({ name: z.string().optional() }),
      list: async () => [...cows.values()],
      async create(properties, tags) {
        const id = `cow-${++last}`;
        cows.set(id, { id, tags, properties, said: [] });
        ring();
        return id;
      },
      async destroy(id) {
        cows.delete(id);
        ring();
      },
      watch(wake, { signal }) {
        wakes.add(wake);
        signal.addEventListener("abort", () => wakes.delete(wake), { once: true });
      },
      async *logs(id, { lines, follow }, { signal }) {
        const { said } = find(id);
        let next = lines === undefined ? 0 : Math.max(0, said.length - lines);
        for (;;) {
          while (next < said.length) yield Buffer.from(`${said[next++]}\n`);
          if (!follow || signal.aborted || !cows.has(id)) return;
          await news(signal);
        }
      },
      async exec(id, asked, { signal }) {
        const cow = find(id);
        const [program, ...words] = asked.command;
        return program === "moo" ? moo(cow, words) : run(asked, signal);
      },
    },
  ],
});
