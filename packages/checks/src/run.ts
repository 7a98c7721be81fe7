/** One command, run to its end or to the end of its time. Nothing of it is left behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { messageOf, systemCodeOf } from "@muster/model";
import { endAfter } from "./ending.ts";
import { type Output, outputOf } from "./output.ts";

export interface Run {
  /** The program, by its name in PATH or by its path, and its arguments. There is no shell. */
  readonly command: readonly [string, ...string[]];
  /** All that it is given; missing: nothing. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Where it runs; missing: where this process does. */
  readonly cwd?: string | undefined;
  /** In milliseconds. */
  readonly timeoutMs: number;
  /** When its time is over it is first asked to end, and has so long for it, in milliseconds; missing: it is killed. */
  readonly graceMs?: number | undefined;
  /** The bytes that it may print; missing: 1 MiB. */
  readonly mostOutput?: number | undefined;
}

const MOST_OUTPUT = 1_048_576;

/** How a command ended, and its last lines. `flood`: it printed more than it may. */
export type Ended =
  | { readonly kind: "exited"; readonly code: number; readonly lines: readonly string[] }
  | { readonly kind: "killed"; readonly signal: string; readonly lines: readonly string[] }
  | { readonly kind: "late" | "flood"; readonly lines: readonly string[] }
  | { readonly kind: "let-go" }
  | { readonly kind: "not-run"; readonly reason: string };

/** Those whom the killing does not reach, because they have left the group, are waited for no longer than this. */
const LINGER_MS = 100;

export async function run(asked: Run, signal: AbortSignal): Promise<Ended> {
  if (signal.aborted) return { kind: "let-go" };
  try {
    return await endOf(begin(asked), asked, signal);
  } catch (thrown) {
    return { kind: "not-run", reason: whyNot(thrown, asked) };
  }
}

function begin({ command: [program, ...args], env = {}, cwd }: Run): ChildProcess {
  return spawn(program, args, { env: { ...env }, cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
}

/** Rejects with what kept it from being run. */
function endOf(child: ChildProcess, asked: Run, signal: AbortSignal): Promise<Ended> {
  const { timeoutMs, graceMs = 0, mostOutput = MOST_OUTPUT } = asked;
  return new Promise((resolve, reject) => {
    const output = outputOf([child.stdout, child.stderr], mostOutput, () => end({ kind: "flood" }));
    let ending: Ending | undefined;
    let patience: NodeJS.Timeout | undefined;
    const callOff = endAfter(timeoutMs, signal, (why) => end(why === "late" ? { kind: "late" } : { kind: "let-go" }));

    /** What is decided first counts. */
    function end(how: Ending): void {
      if (ending !== undefined) return;
      ending = how;
      callOff();
      const hasEnded = how.kind === "exited" || how.kind === "killed";
      if (hasEnded || graceMs === 0) {
        killAll();
        return;
      }
      signalGroup(child, "SIGTERM");
      patience = setTimeout(killAll, graceMs);
    }

    /** From then on only the rest of the output is waited for. */
    function killAll(): void {
      clearTimeout(patience);
      signalGroup(child, "SIGKILL");
      patience = setTimeout(close, LINGER_MS);
    }

    function close(): void {
      clearTimeout(patience);
      output.close();
      if (ending !== undefined) resolve(withOutput(ending, output));
    }

    child.once("error", (thrown) => {
      callOff();
      reject(thrown);
    });
    child.once("exit", (code, by) => {
      if (ending !== undefined) killAll();
      else end(code === null ? { kind: "killed", signal: String(by) } : { kind: "exited", code });
    });
    child.once("close", close);
  });
}

type Ending =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "killed"; readonly signal: string }
  | { readonly kind: "late" | "flood" }
  | { readonly kind: "let-go" };

function withOutput(ending: Ending, output: Output): Ended {
  return ending.kind === "let-go" ? ending : { ...ending, lines: output.lines() };
}

/**
 * At the moment at which the end of its leader is told, a group is either still there, and its number cannot be given to
 * anybody else, or empty, and its number has only just become free.
 */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // There is nobody left in it.
  }
}

function whyNot(thrown: unknown, { command: [program], cwd }: Run): string {
  switch (systemCodeOf(thrown)) {
    case "ENOENT":
      return cwd === undefined
        ? `there is no program ${program}`
        : `there is no program ${program}, or no directory ${cwd}`;
    case "EACCES":
      return `${program} may not be executed`;
    default:
      return `${program} could not be run: ${messageOf(thrown)}`;
  }
}
