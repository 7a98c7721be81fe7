import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";

/** A script of this folder, run as a process of its own. */
export interface Child {
  readonly process: ChildProcess;
  readonly lines: Interface;
  /** The next line it prints. */
  nextLine(): Promise<string>;
  say(line: string): void;
  /** Settles when it has ended, by itself or not, and everything it printed was read. */
  readonly ended: Promise<unknown>;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
}

export function startChild(script: string, ...args: string[]): Child {
  return startChildThrough([], script, ...args);
}

/** The same, run by another program: `setpriv …`. */
export function startChildThrough(through: readonly string[], script: string, ...args: string[]): Child {
  const [program = process.execPath, ...rest] = [
    ...through,
    process.execPath,
    join(import.meta.dirname, script),
    ...args,
  ];
  const child = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  const lines = createInterface(child.stdout);
  return {
    process: child,
    lines,
    ended,
    async nextLine() {
      const [line] = await Promise.race([once(lines, "line"), ended.then(() => ["(it ended)"])]);
      return String(line);
    },
    say(line) {
      child.stdin.write(`${line}\n`);
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
