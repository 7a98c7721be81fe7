import type { Readable } from "node:stream";

/** What a command prints, of which only the end is kept. */
export interface Output {
  /** The last lines that are not blank, as far as they are kept; none that is too long to be told. */
  lines(): readonly string[];
  /** Reads no more. */
  close(): void;
}

/** The bytes that are kept. */
const MAX_TAIL = 4_096;

/**
 * @param most the bytes that may be printed
 * @param flooded called when more are
 */
export function outputOf(streams: readonly (Readable | null)[], most: number, flooded: () => void): Output {
  let tail: Buffer = Buffer.alloc(0);
  let length = 0;

  function take(chunk: Buffer): void {
    length += chunk.length;
    tail = Buffer.concat([tail, chunk]).subarray(-MAX_TAIL);
    if (length > most) flooded();
  }

  for (const stream of streams) stream?.on("data", take);
  return {
    lines() {
      const lines = tail.toString("utf8").split(/[\r\n]+/);
      // A line whose beginning is lost may begin anywhere, also in the middle of what must not be shown.
      const whole = length > tail.length ? lines.slice(1) : lines;
      return whole.map((line) => line.trim()).filter((line) => line !== "");
    },
    close() {
      for (const stream of streams) stream?.destroy();
    },
  };
}
