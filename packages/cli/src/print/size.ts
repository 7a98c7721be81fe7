const UNITS = ["KiB", "MiB", "GiB", "TiB"];

/** Bytes for a person: `312 B`, `4 MiB`, `14.4 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(UNITS.length, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  const shown = Number.isInteger(amount) ? String(amount) : amount.toFixed(1);
  return `${shown} ${UNITS[power - 1] ?? ""}`;
}
