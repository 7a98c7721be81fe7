import type { Readable } from "node:stream";

/** What a command prints, of which only the end is kept. */
export interface Output {
  /** The last line that is not blank; empty where there is none, or where it is too long to be told. */
  lastLine(): string;
  /** Reads no more. */
  close(): void;
}

/** The bytes that a command may print. */
const MAX_OUTPUT = 1_048_576;

/** The bytes that are kept. */
const MAX_TAIL = 4_096;

/** @param flooded called when more is printed than anybody would read */
export function outputOf(streams: readonly (Readable | null)[], flooded: () => void): Output {
  let tail: Buffer = Buffer.alloc(0);
  let length = 0;

  function take(chunk: Buffer): void {
    length += chunk.length;
    tail = Buffer.concat([tail, chunk]).subarray(-MAX_TAIL);
    if (length > MAX_OUTPUT) flooded();
  }

  for (const stream of streams) stream?.on("data", take);
  return {
    lastLine() {
      const lines = tail.toString("utf8").split(/[\r\n]+/);
      // A line whose beginning is lost may begin anywhere, also in the middle of what must not be shown.
      const whole = length > tail.length ? lines.slice(1) : lines;
      return whole.findLast((line) => line.trim() !== "")?.trim() ?? "";
    },
    close() {
      for (const stream of streams) stream?.destroy();
    },
  };
}
