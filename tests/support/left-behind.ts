/** What Muster's processes outlive: a Muster. Whoever tries them ends them. */
import { readdirSync, readFileSync } from "node:fs";
import { systemCodeOf } from "@muster/model";
import { vi } from "vitest";

/**
 * The processes that live in this home: it stands in their environment, and in that of nobody else. nginx writes its title
 * over its environment, so those who belong to a session whose leader lives there do so too.
 */
export function pidsAtHome(home: string): readonly number[] {
  return pidsOf(home, new Set());
}

/** @param leaders of sessions that are known; those that are found are added, since they may be gone before the others */
function pidsOf(home: string, leaders: Set<number>): readonly number[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);
  const marked = new Set(all.filter((pid) => environmentOf(pid)["HOME"] === home));
  for (const pid of marked) if (sessionOf(pid) === pid) leaders.add(pid);
  return all.filter((pid) => marked.has(pid) || leaders.has(sessionOf(pid)));
}

/** 0 where it has ended, and has only not been buried yet. */
function sessionOf(pid: number): number {
  const [state = "Z", , , session = "0"] = textAt(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  return state === "Z" ? 0 : Number(session);
}

/** Empty where it has ended, or is somebody else's. */
export function environmentOf(pid: number): Readonly<Record<string, string | undefined>> {
  const entries = textAt(`/proc/${pid}/environ`).split("\0");
  return Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s, 2)));
}

/** The words with which it was started. */
export function wordsOf(pid: number): readonly string[] {
  return textAt(`/proc/${pid}/cmdline`).split("\0").slice(0, -1);
}

/** Ends all of them, each by its number, and waits until they are gone. */
export function endAllAtHome(home: string): Promise<void> {
  const leaders = new Set<number>();
  return vi.waitFor(
    () => {
      const left = pidsOf(home, leaders);
      for (const pid of left) kill(pid);
      if (left.length > 0) throw new Error(`these live still: ${left.join(", ")}`);
    },
    { timeout: 10_000, interval: 20 },
  );
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "ESRCH") throw thrown;
  }
}

function textAt(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
