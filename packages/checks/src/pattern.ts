/** Regular expressions that end: one that explodes is stopped. */
import { type Context, createContext, Script } from "node:vm";
import { messageOf } from "@muster/model";

/** Far more than any sound expression needs for the texts that are read, in milliseconds. */
const PATIENCE_MS = 250;
/** A statement may ask it of many texts, and nothing else is heard meanwhile. */
const PATIENCE_IN_ALL_MS = 2_000;

const TEST = new Script("for (const text of texts) hits.push(new RegExp(pattern, 'mu').test(text))");

/** Made once: to make one takes a hundred times as long as to ask a sound expression. */
let room: Context | undefined;

/** What is left for all that one statement asks, in milliseconds. */
export interface Patience {
  leftMs: number;
}

export function patienceForOne(): Patience {
  return { leftMs: PATIENCE_IN_ALL_MS };
}

/** What is wrong with an expression; undefined where it is one. `^` and `$` stand for the ends of each line. */
export function patternFault(pattern: string): string | undefined {
  try {
    new RegExp(pattern, "mu");
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Whether a text matches; `late` where it took too long to tell. What it takes is taken from the patience. */
export function matches(pattern: string, text: string, patience: Patience = patienceForOne()): boolean | "late" {
  const hits = matchesEach(pattern, [text], patience);
  return hits === "late" ? hits : hits[0] === true;
}

/** Of each text whether it matches, all in one go; `late` where it took too long to tell of all of them. */
export function matchesEach(
  pattern: string,
  texts: readonly string[],
  patience: Patience,
): readonly boolean[] | "late" {
  const timeout = Math.ceil(Math.min(texts.length === 1 ? PATIENCE_MS : PATIENCE_IN_ALL_MS / 2, patience.leftMs));
  if (timeout <= 0) return "late";
  const hits: boolean[] = [];
  room ??= createContext({});
  Object.assign(room, { pattern, texts, hits });
  const began = performance.now();
  try {
    // Only `vm` can stop an expression: it runs where no timer and no signal is heard.
    TEST.runInContext(room, { timeout });
    return hits;
  } catch (thrown) {
    if (isTimeout(thrown)) return "late";
    throw thrown;
  } finally {
    patience.leftMs -= performance.now() - began;
    Object.assign(room, { texts: [], hits: [] });
  }
}

/** It may be an error of another realm, which is no `Error` here. */
function isTimeout(thrown: unknown): boolean {
  const isThing = typeof thrown === "object" && thrown !== null;
  return isThing && "code" in thrown && thrown.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}
