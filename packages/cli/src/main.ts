import { once } from "node:events";
import { isatty } from "node:tty";
import type { Printer } from "./cli.ts";
import { runCommandLine } from "./run.ts";

/** Runs the command that the process was started with, and sets its exit code. */
export async function main(): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    out: printerOn(1, () => process.stdout),
    err: printerOn(2, () => process.stderr),
    env: process.env,
    cwd: process.cwd(),
    ask: isatty(0) && isatty(2) ? askPerson : undefined,
    input: readInput,
    keys: isatty(0) ? readKeys : undefined,
    user: nameOfUser,
  });
}

/** A terminal at which nobody types would keep the process: with the signal it is let go. */
async function* readInput(over: AbortSignal): AsyncGenerator<Uint8Array, void> {
  over.addEventListener("abort", () => process.stdin.destroy(), { once: true });
  yield* process.stdin;
}

/** However the process ends, the terminal is given back as it was. */
async function* readKeys(over: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const { stdin } = process;
  const giveBack = () => void stdin.setRawMode(false);
  const end = () => {
    giveBack();
    stdin.destroy();
  };
  process.once("exit", giveBack);
  over.addEventListener("abort", end, { once: true });
  try {
    stdin.setRawMode(true);
    yield* stdin;
  } finally {
    over.removeEventListener("abort", end);
    process.off("exit", giveBack);
    if (!stdin.destroyed) giveBack();
  }
}

/** A container may run as a number that no account has. */
function nameOfUser(): string {
  try {
    return process.getBuiltinModule("node:os").userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}

/** Node makes a stream when it is first asked for; a command that prints nothing on one does not pay for it. */
function printerOn(descriptor: number, open: () => NodeJS.WriteStream): Printer {
  const closed = new AbortController();
  let opened: NodeJS.WriteStream | undefined;

  function stream(): NodeJS.WriteStream {
    if (opened !== undefined) return opened;
    opened = open();
    // A reader that leaves (`muster … | head -1`) is no error: what goes on does so unseen.
    opened.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      closed.abort();
    });
    opened.once("close", () => closed.abort());
    return opened;
  }

  const isTerminal = isatty(descriptor);
  return {
    write(text) {
      if (!closed.signal.aborted) stream().write(text);
    },
    send(bytes) {
      if (closed.signal.aborted || stream().write(bytes)) return Promise.resolve();
      const done = () => undefined;
      return once(stream(), "drain", { signal: closed.signal }).then(done, done);
    },
    isTerminal,
    colors: isTerminal && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb",
    columns: () => stream().columns || 80,
    closed: closed.signal,
  };
}

async function askPerson(question: string): Promise<string> {
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const { promise, resolve } = Promise.withResolvers<string>();
  lines.once("close", () => resolve(""));
  lines.question(question, resolve);
  return promise.finally(() => lines.close());
}
