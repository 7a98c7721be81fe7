/**
 * A plugin whose things can be heard and told: `moo WORDS` is a cow's own trick, all else is run as a real process. What is
 * typed into a cow's console it says again. Its core takes for
 * ever, or fails in the middle, once it has said `core slowly` or `core fails`; its stats have no end once it has said so.
 */
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

/** What is said, from then on or from the beginning. */
async function* heard(id: string, next: number, follow: boolean, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { said } = find(id);
  for (let at = next; ; ) {
    while (at < said.length) yield Buffer.from(`${said[at++]}\n`);
    if (!follow || signal.aborted || !cows.has(id)) return;
    await news(signal);
  }
}

async function typed(cow: Cow, input: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of input) moo(cow, [`heard ${JSON.stringify(Buffer.from(bytes).toString())}`]);
}

/** Begins as an ELF file does. */
async function* core({ said }: Cow, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield Buffer.from("\x7fELF", "latin1");
  if (said.includes("core slowly")) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  if (said.includes("core fails")) throw new ProviderError("retryable", "the cow fell over");
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
        yield* heard(id, lines === undefined ? 0 : Math.max(0, said.length - lines), follow, signal);
      },
      async *console(id, { lines, follow, input }, { signal }) {
        const cow = find(id);
        const typing = input === undefined ? undefined : typed(cow, input);
        typing?.catch(() => undefined);
        if (!follow) await typing;
        yield* heard(id, lines === undefined ? 0 : Math.max(0, cow.said.length - lines), follow, signal);
      },
      tools: ["pause", "continue", "stats", "trace", "core", "gdb", "link", "snapshot"],
      async *tool(id, { tool, argument }, { signal }) {
        const cow = find(id);
        switch (tool) {
          case "stats":
            while (cow.said.includes("stats without end")) yield Buffer.alloc(65_536, " ");
            yield Buffer.from(JSON.stringify({ said: cow.said.length, legs: 4 }));
            return;
          case "trace":
            yield Buffer.from("trace of ");
            yield* heard(id, cow.said.length, true, signal);
            return;
          case "core":
            yield* core(cow, signal);
            return;
          case "gdb":
            yield Buffer.from("gdb -ex 'target remote /run/cow'\n");
            return;
          case "snapshot":
            if (argument === "full") throw new ProviderError("no-space", "the barn is full");
            break;
        }
        moo(cow, [argument === undefined ? tool : `${tool} ${argument}`]);
      },
      async exec(id, asked, { signal }) {
        const cow = find(id);
        const [program, ...words] = asked.command;
        return program === "moo" ? moo(cow, words) : run(asked, signal);
      },
    },
  ],
});
