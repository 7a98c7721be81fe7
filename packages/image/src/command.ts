/** What makes the parts of an image before they are taken: a program, in the manifest's directory, without a shell. */
import { spawn } from "node:child_process";
import { MusterError, messageOf } from "@muster/model";

/** So long it may take, in milliseconds. */
const DEADLINE_MS = 3_600_000;
/** So long after its end what it printed is still read, in milliseconds. */
const GRACE_MS = 1000;
/** Of what it printed, so much is kept to be told. */
const MAX_KEPT = 8192;
const LINES_TOLD = 5;
/** Compilers that write a time into what they make take this one: the beginning of 1980, which archives of DOS know too. */
const NO_TIME = "315532800";

export interface CommandDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it prints, on either stream. */
  print?(text: string): void;
  readonly deadlineMs?: number;
}

/** Resolves when it has ended with 0. Throws `image.build-failed`, with its last lines. */
export async function runBuild(words: readonly string[], directory: string, deps: CommandDeps): Promise<void> {
  const [program = "", ...args] = words;
  const child = spawn(program, args, {
    cwd: directory,
    env: { SOURCE_DATE_EPOCH: NO_TIME, ...deps.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Node's own time-out of a program that could not be started is no end of waiting: it would hold up the end of the command.
  const late = setTimeout(() => child.kill("SIGKILL"), deps.deadlineMs ?? DEADLINE_MS);
  let kept = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      kept = (kept + text).slice(-MAX_KEPT);
      deps.print?.(text);
    });
  }
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const end = (code: number | null, signal: string | null): void => {
    if (code === 0) resolve(undefined);
    else resolve(`${signal === null ? `ended with ${code}` : `was ended by ${signal}`}${lastLines(kept)}`);
  };
  child.once("error", (thrown) => resolve(`could not be run: ${messageOf(thrown)}`));
  child.once("close", end);
  // What it left in the background may hold its output open for as long as that lives.
  child.once("exit", (...ended) => setTimeout(end, GRACE_MS, ...ended).unref());
  const detail = await promise.finally(() => clearTimeout(late));
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  if (detail !== undefined) throw new MusterError("image.build-failed", { command: words.join(" "), detail });
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split("\n").slice(-LINES_TOLD);
  return text.trim() === "" ? ", and printed nothing" : `: ${lines.join("\n")}`;
}
