/**
 * What an instance of the folder type has printed, kept in a file beside it, and real processes run in its directory. What is
 * typed into its console it prints.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { messageOf } from "@muster/model";
import {
  type Ctx,
  type Exit,
  type LogsAsked,
  type Printed,
  type Provider,
  ProviderError,
  type Tool,
} from "@muster/plugin";

export const FOLDER_TOOLS = ["stats", "trace", "link", "snapshot"] as const satisfies Tool[];

export function logFile(dir: string, id: string): string {
  return join(dir, `.${id}.log`);
}

export function streamsIn(dir: string): Required<Pick<Provider, "logs" | "exec" | "console" | "tool">> {
  function confirmThere(id: string): void {
    if (!existsSync(join(dir, id))) throw new ProviderError("invalid", `there is no ${id}`);
  }

  function printed(id: string): string {
    const path = logFile(dir, id);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  function print(id: string, text: string): void {
    appendFileSync(logFile(dir, id), text);
  }

  async function type(id: string, input: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of input) print(id, Buffer.from(bytes).toString());
  }

  async function* logs(id: string, { lines, follow }: LogsAsked, { signal }: Ctx): AsyncGenerator<Uint8Array, void> {
    confirmThere(id);
    const first = printed(id);
    const skipped = lines === undefined ? [] : first.split("\n").slice(0, -1 - lines);
    let at = skipped.reduce((sum, line) => sum + line.length + 1, 0);
    for (;;) {
      const text = printed(id).slice(at);
      at += text.length;
      if (text !== "") yield Buffer.from(text);
      if (!follow || signal.aborted || !existsSync(join(dir, id))) return;
      if (printed(id).length === at) await changed(dir, signal);
    }
  }

  return {
    logs,
    async *console(id, { input, ...asked }, ctx) {
      confirmThere(id);
      const typing = input === undefined ? undefined : type(id, input);
      typing?.catch(() => undefined);
      if (!asked.follow) await typing;
      yield* logs(id, asked, ctx);
    },
    async *tool(id, { tool, argument = "" }, ctx) {
      confirmThere(id);
      switch (tool) {
        case "stats":
          yield Buffer.from(JSON.stringify({ bytes: statSync(join(dir, id)).size }));
          return;
        case "trace":
          yield* logs(id, { follow: true, lines: 0 }, ctx);
          return;
        case "link":
          print(id, `link ${argument}\n`);
          return;
        default:
          throw new ProviderError("no-space", `there is no room for ${argument}`);
      }
    },
    async exec(id, { command: [program, ...words] }, { signal }) {
      confirmThere(id);
      const child = spawn(program, words, { cwd: dir, stdio: ["ignore", "pipe", "pipe"], signal });
      const closed = Promise.withResolvers<Exit>();
      child.once("close", (code, killed) =>
        closed.resolve(code === null ? { kind: "killed", signal: String(killed) } : { kind: "exited", code }),
      );
      const begun = once(child, "spawn");
      child.on("error", (error) => void error);
      await begun.catch((thrown: unknown) => {
        throw new ProviderError("invalid", messageOf(thrown));
      });
      return { output: merged({ out: child.stdout, err: child.stderr }), ended: closed.promise };
    },
  };
}

async function changed(dir: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const over = new AbortController();
  watch(dir, { persistent: false, signal: AbortSignal.any([over.signal, signal]) }, () => resolve());
  // What was written before it was watched is seen a moment later.
  const timer = setInterval(resolve, 100);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearInterval(timer);
  over.abort();
}

async function* merged(streams: Readonly<Record<Printed["stream"], AsyncIterable<Uint8Array>>>) {
  const next = async (stream: Printed["stream"], pieces: AsyncIterator<Uint8Array>) => {
    return { stream, pieces, step: await pieces.next() };
  };
  const open = new Map(
    (["out", "err"] as const).map((stream) => [stream, next(stream, streams[stream][Symbol.asyncIterator]())]),
  );
  while (open.size > 0) {
    const { stream, pieces, step } = await Promise.race(open.values());
    if (step.done === true) open.delete(stream);
    else {
      open.set(stream, next(stream, pieces));
      yield { stream, bytes: step.value } satisfies Printed;
    }
  }
}
