/** What a stream brings, of which no more than so many bytes are kept. */
export interface Taken {
  /** False when it has brought more than is kept. */
  take(chunk: Uint8Array): boolean;
  bytes(): Buffer;
}

export function taken(most: number): Taken {
  const chunks: Uint8Array[] = [];
  let left = most;
  return {
    take(chunk) {
      if (left > 0) chunks.push(chunk.subarray(0, left));
      left -= chunk.length;
      return left >= 0;
    },
    bytes: () => Buffer.concat(chunks),
  };
}

/** The last words of a complaint. */
export function lastLine(bytes: Buffer): string {
  return bytes.subarray(-4_096).toString().trim().split("\n").at(-1)?.trim() ?? "";
}
