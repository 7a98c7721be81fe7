import type { Printer } from "./cli.ts";
import { runCommandLine } from "./run.ts";

/** Runs the command that the process was started with, and sets its exit code. */
export async function main(): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    out: printerOn(process.stdout),
    err: printerOn(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    ask: process.stdin.isTTY && process.stderr.isTTY ? askPerson : undefined,
    user: () => process.getBuiltinModule("node:os").userInfo().username,
  });
}

function printerOn(stream: NodeJS.WriteStream): Printer {
  const closed = new AbortController();
  // A reader that leaves (`muster … | head -1`) is no error: what goes on does so unseen.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed.abort();
  });
  const isTerminal = stream.isTTY === true;
  return {
    write(text) {
      if (!closed.signal.aborted) stream.write(text);
    },
    isTerminal,
    colors: isTerminal && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb",
    columns: () => stream.columns || 80,
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
