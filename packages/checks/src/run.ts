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
}

/** How a command ended. `flood`: it printed more than anybody would read. */
export type Ended =
  | { readonly kind: "exited"; readonly code: number; readonly lastLine: string }
  | { readonly kind: "killed"; readonly signal: string; readonly lastLine: string }
  | { readonly kind: "late" | "flood"; readonly lastLine: string }
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
function endOf(child: ChildProcess, { timeoutMs }: Run, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const output = outputOf([child.stdout, child.stderr], () => end({ kind: "flood" }));
    let ending: Ending | undefined;
    let lingering: NodeJS.Timeout | undefined;
    const callOff = endAfter(timeoutMs, signal, (why) => end(why === "late" ? { kind: "late" } : { kind: "let-go" }));

    /** What is decided first counts. From then on only the rest of the output is waited for. */
    function end(how: Ending): void {
      if (ending !== undefined) return;
      ending = how;
      callOff();
      killGroup(child);
      lingering = setTimeout(close, LINGER_MS);
    }

    function close(): void {
      clearTimeout(lingering);
      output.close();
      if (ending !== undefined) resolve(withOutput(ending, output));
    }

    child.once("error", (thrown) => {
      callOff();
      reject(thrown);
    });
    child.once("exit", (code, by) =>
      end(code === null ? { kind: "killed", signal: String(by) } : { kind: "exited", code }),
    );
    child.once("close", close);
  });
}

type Ending =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "killed"; readonly signal: string }
  | { readonly kind: "late" | "flood" }
  | { readonly kind: "let-go" };

function withOutput(ending: Ending, output: Output): Ended {
  return ending.kind === "let-go" ? ending : { ...ending, lastLine: output.lastLine() };
}

/**
 * At the moment at which the end of its leader is told, a group is either still there, and its number cannot be given to
 * anybody else, or empty, and its number has only just become free.
 */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
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
