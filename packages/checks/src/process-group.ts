import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

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

/**
 * Kills all that belong to the session of a child that leads one, those too who made a group of their own (`timeout` does).
 * Where there is no /proc, the child's own group.
 */
export function killSession(child: ChildProcess): void {
  signalGroup(child, "SIGKILL");
  if (child.pid === undefined) return;
  for (const pid of membersOf(child.pid)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}

function membersOf(session: number): readonly number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0 && sessionOf(pid) === session);
  } catch {
    return [];
  }
}

function sessionOf(pid: number): number | undefined {
  try {
    const [, , , session] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return Number(session);
  } catch {
    return undefined;
  }
}
