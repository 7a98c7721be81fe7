import { MAX_SIZE, type Verdict } from "@muster/model";

/** How often in a row something failed. Kept in memory only: a fresh start knows nothing. */
export interface Streaks {
  /** The verdict; but a failure is one only after so many in a row, and until then nobody can tell. */
  judge(key: string, verdict: Verdict, failures: number): Verdict;
}

/** @param most so many are remembered; beyond, those are forgotten that have not failed for longest */
export function streaks(most: number = MAX_SIZE): Streaks {
  const counts = new Map<string, number>();

  function noteFailure(key: string): number {
    const count = (counts.get(key) ?? 0) + 1;
    counts.delete(key);
    counts.set(key, count);
    const [oldest] = counts.keys();
    if (counts.size > most && oldest !== undefined) counts.delete(oldest);
    return count;
  }

  return {
    judge(key, verdict, failures) {
      if (verdict.kind === "pass") counts.delete(key);
      if (verdict.kind !== "fail" || failures === 1) return verdict;
      const count = noteFailure(key);
      if (count >= failures) return verdict;
      // Not well, and not to be replaced yet.
      return { kind: "unknown", reason: `${verdict.reason} (failed ${count} of ${failures} times in a row)` };
    },
  };
}
