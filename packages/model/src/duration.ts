/** The units of a duration, the largest first, in milliseconds. */
export const DURATION_UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

const WRITTEN = /^(?=\d)(?:(?<d>\d+)d)?(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?(?:(?<s>\d+)s)?(?:(?<ms>\d+)ms)?$/;

/**
 * A duration as people write it, `10s` or `1h30m`, in milliseconds; undefined where the text is none. Whole numbers with
 * units: each unit stands once at most, the largest first.
 */
export function durationOf(text: string): number | undefined {
  const counts = WRITTEN.exec(text)?.groups;
  if (counts === undefined) return undefined;
  return Object.entries(DURATION_UNITS).reduce((ms, [unit, length]) => ms + Number(counts[unit] ?? 0) * length, 0);
}

/** The shortest text of a duration in whole milliseconds: `90000` is `1m30s`. */
export function durationText(ms: number): string {
  let left = ms;
  const parts = Object.entries(DURATION_UNITS).map(([unit, length]) => {
    const count = Math.floor(left / length);
    left -= count * length;
    return count === 0 ? "" : `${count}${unit}`;
  });
  return parts.join("") || "0s";
}

/** A moment for a sentence: `2026-01-31T14:03:59Z`. */
export function momentText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
