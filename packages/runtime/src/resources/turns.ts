/** So many calls at once, counted for each provider alone: one that does not answer holds up nobody else's. */
import { hashJson } from "@muster/model";
import { bounded } from "../bounded.ts";
import type { BoundResource } from "./bound.ts";

export interface Turns {
  looking<T>(of: Whose, run: () => Promise<T>): Promise<T>;
  changing<T>(of: Whose, run: () => Promise<T>): Promise<T>;
}

type Whose = Pick<BoundResource, "settings"> & {
  readonly type: { readonly name: string; readonly known?: string; readonly local?: boolean };
};

/** Reads of files are cheap, and each holds one open. */
const LOOKS = 64;
const CHANGES = 16;
/** Each is a moment's work, and what comes together is written down together. */
const CHANGES_HERE = 128;

export function openTurns(): Turns {
  return { looking: each(() => LOOKS), changing: each(({ type }) => (isHere(type) ? CHANGES_HERE : CHANGES)) };
}

function isHere({ known, local }: Whose["type"]): boolean {
  return known === "claim" && local === true;
}

function each(most: (of: Whose) => number): Turns["looking"] {
  const turns = new Map<string, ReturnType<typeof bounded>>();
  const words = new WeakMap<object, string>();

  /** The same settings are asked about for thousands of resources. */
  function wordOf({ type, settings }: Whose): string {
    const known = words.get(settings);
    if (known !== undefined) return `${type.name} ${known}`;
    const word = hashJson(settings);
    words.set(settings, word);
    return `${type.name} ${word}`;
  }

  return (of, run) => {
    const word = wordOf(of);
    const turn = turns.get(word) ?? bounded(most(of));
    turns.set(word, turn);
    return turn(run);
  };
}
