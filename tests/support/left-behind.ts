/** What Muster's processes outlive: a Muster. Whoever tries them ends them. */
import { readdirSync, readFileSync } from "node:fs";
import { systemCodeOf } from "@muster/model";
import { vi } from "vitest";

/** The processes that live in this home: it stands in their environment, and in that of nobody else. */
export function pidsAtHome(home: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && environmentOf(pid)["HOME"] === home);
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
  return vi.waitFor(
    () => {
      const left = pidsAtHome(home);
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
