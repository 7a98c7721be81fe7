/** Tags of a droplet that is there. */
import type { Hands } from "./hands.ts";

/** Puts what is missing on it, and only then takes off what is too much: what stays is never away. */
export async function changeWords(
  { tags }: Pick<Hands, "tags">,
  droplet: number,
  { put, take }: WordChange,
  signal: AbortSignal,
): Promise<void> {
  for (const word of put) {
    // It may be there in another case, and is known by that only.
    const name = await tags.create(word, signal);
    await tags.put(name, droplet, signal);
  }
  for (const word of take) await tags.take(word, droplet, signal);
}

export interface WordChange {
  readonly put: readonly string[];
  readonly take: readonly string[];
}

export const NO_CHANGE: WordChange = { put: [], take: [] };

/** What has to be done so that of these words there are those, in any case. */
export function wordChange(is: readonly string[], want: readonly string[]): WordChange {
  const wanted = new Set(want.map((word) => word.toLowerCase()));
  const there = new Set(is.map((word) => word.toLowerCase()));
  return {
    put: want.filter((word, at) => !there.has(word.toLowerCase()) && want.indexOf(word) === at),
    take: is.filter((word) => !wanted.has(word.toLowerCase())),
  };
}
