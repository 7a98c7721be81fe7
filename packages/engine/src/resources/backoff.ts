/** When what has failed is tried again. */
import { fractionOf } from "@muster/model";

const FIRST_MS = 1_000;
const MOST_MS = 600_000;

/** After so many failures in a row, in milliseconds: 1 s, 2 s, 4 s … 10 min, each up to a quarter longer. */
export function backoffMs(failures: number, word: string): number {
  const base = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(Math.max(0, failures - 1), 20));
  return Math.round(base * (1 + fractionOf(word, failures) / 4));
}
