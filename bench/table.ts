/** One line of the table: ours beside what it is compared with, in one run on one machine. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly compared: string;
  /** `ours / compared`, or the figure itself where there is nothing to compare with. */
  readonly figure: number;
  /** What the figure must stay at or below. */
  readonly bound: number;
  readonly unit: "times" | "ms" | "µs" | "% of a core" | "MB" | "looks" | "processes" | "requests";
}

export function markdown(rows: readonly Row[]): string {
  const lines = rows.map(({ what, ours, compared, figure, bound, unit }) => {
    const cells = [
      what,
      ours,
      compared,
      `${round(figure)} ${unit}`,
      `${bound} ${unit}`,
      figure <= bound ? "yes" : "**no**",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| what | Muster | compared with | figure | bound | held |",
    "| --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

export function round(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("no values were measured");
  return middle;
}
