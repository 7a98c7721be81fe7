import type { ChildProcess } from "node:child_process";

/**
 * At the moment at which the end of its leader is told, a group is either still there, and its number cannot be given to
 * anybody else, or empty, and its number has only just become free.
 */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // There is nobody left in it.
  }
}
