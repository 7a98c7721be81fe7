import type { GoodLook } from "@muster/engine";

/** How soon the health of a group is asked about again. */
export interface Attention {
  /** Milliseconds from this look on. */
  nextMs(look: Pick<GoodLook, "members" | "verdicts">): number;
}

/** Of what is far away nobody asks as soon. */
const FIRST_MS = { local: 100, remote: 1_000 } as const;
const MOST_MS = 10_000;

/**
 * No provider gives a hint when a member falls ill, or gets well. So it is asked: now and then where everybody is well; at
 * once where somebody is not, and less and less often as long as that does not change.
 */
export function attention(isLocal: boolean): Attention {
  const firstMs = FIRST_MS[isLocal ? "local" : "remote"];
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
        return MOST_MS;
      }
      const nextMs = isNews ? firstMs : waitMs;
      waitMs = Math.min(MOST_MS, nextMs * 2);
      return nextMs;
    },
  };
}
