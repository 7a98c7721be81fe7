import type { GoodLook } from "@muster/engine";

/** How soon the health of a group is asked about again. */
export interface Attention {
  /** Milliseconds from this look on. */
  nextMs(look: Pick<GoodLook, "members" | "verdicts">): number;
}

/** Of a remote type nobody asks as often. */
const PACES = { local: { firstMs: 100, mostMs: 5_000 }, remote: { firstMs: 1_000, mostMs: 10_000 } } as const;

/**
 * No provider gives a hint when a member falls ill, or gets well. So it is asked: now and then where everybody is well; at
 * once where somebody is not, and less and less often as long as that does not change.
 */
export function attention(isLocal: boolean): Attention {
  const { firstMs, mostMs } = PACES[isLocal ? "local" : "remote"];
  let waitMs: number = firstMs;
  let wellBefore = 0;
  return {
    nextMs({ members, verdicts }) {
      let well = 0;
      for (const { kind } of verdicts.values()) if (kind === "pass") well++;
      const isNews = well !== wellBefore;
      wellBefore = well;
      if (well === members.length) {
        waitMs = firstMs;
        return mostMs;
      }
      const nextMs = isNews ? firstMs : waitMs;
      waitMs = Math.min(mostMs, nextMs * 2);
      return nextMs;
    },
  };
}
