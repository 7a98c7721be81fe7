/** A script is said to a program that speaks for a target (`sh`, `ssh`), and what comes back is taken, within bounds. */
import { spawn } from "node:child_process";
import { durationText, messageOf, systemCodeOf } from "@muster/model";
import type { Said } from "../answers.ts";
import { endAfter, whyLetGo } from "../ending.ts";
import { killSession, signalGroup } from "../process-group.ts";
import { readable } from "../reason.ts";
import { lastLine, taken } from "./taken.ts";

export interface Talk {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly script: string;
  readonly timeoutMs: number;
  /** The bytes that are taken of each stream. */
  readonly most: number;
}

/** Those whom the killing does not reach hold the streams no longer than this. */
const LINGER_MS = 1_000;

/** Nothing is thrown, and of the program nothing is left behind. */
export function talk(
  { command: [program, ...args], env, script, timeoutMs, most }: Talk,
  signal: AbortSignal,
): Promise<Said> {
  const streams = { stdout: taken(most), stderr: taken(most) };
  return new Promise((resolve) => {
    let trouble: string | undefined;
    let patience: NodeJS.Timeout | undefined;
    const close = () => {
      callOff();
      clearTimeout(patience);
      resolve({
        stdout: streams.stdout.bytes(),
        stderr: streams.stderr.bytes(),
        trouble: readable(trouble ?? "it said no more"),
      });
    };
    const end = (why: string, kill = killSession) => {
      trouble ??= why;
      kill(child);
      patience ??= setTimeout(close, LINGER_MS);
    };
    const callOff = endAfter(timeoutMs, signal, (why) =>
      end(why === "late" ? `it did not answer within ${durationText(timeoutMs)}` : whyLetGo(signal)),
    );
    if (signal.aborted) {
      callOff();
      return resolve({ stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), trouble: whyLetGo(signal) });
    }
    const child = spawn(program, args, { env: { ...env }, detached: true, stdio: ["pipe", "pipe", "pipe"] });
    const flood = () => end(`it said more than ${most} bytes`);
    child.stdout.on("data", (chunk: Buffer) => streams.stdout.take(chunk) || flood());
    child.stderr.on("data", (chunk: Buffer) => streams.stderr.take(chunk) || flood());
    // Whoever hangs up before all is said tells so by how it ends.
    child.stdin.on("error", () => undefined);
    child.stdin.end(script);
    child.once("error", (thrown) => {
      trouble ??= systemCodeOf(thrown) === "ENOENT" ? `there is no program ${program}` : messageOf(thrown);
      close();
    });
    child.once("exit", (code, by) => {
      const last = lastLine(streams.stderr.bytes());
      const how = code === null ? `was ended by ${by}` : `exited with ${code}`;
      // Whom a command has left behind in a group of his own, it has left behind on purpose.
      end(`${program} ${how}${last === "" ? "" : `: ${last}`}`, (it) => signalGroup(it, "SIGKILL"));
    });
    child.once("close", close);
  });
}
