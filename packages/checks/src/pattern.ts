/** Regular expressions that end: one that explodes is stopped. */
import { createContext, Script } from "node:vm";
import { messageOf } from "@muster/model";

/** Far more than any sound expression needs for the texts that are read, in milliseconds. */
const PATIENCE_MS = 250;

const TEST = new Script("new RegExp(pattern, 'mu').test(text)");

/** What is wrong with an expression; undefined where it is one. `^` and `$` stand for the ends of each line. */
export function patternFault(pattern: string): string | undefined {
  try {
    new RegExp(pattern, "mu");
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Whether a text matches; `late` where it took too long to tell. */
export function matches(pattern: string, text: string, patienceMs: number = PATIENCE_MS): boolean | "late" {
  try {
    // Only `vm` can stop an expression: it runs where no timer and no signal is heard.
    return TEST.runInContext(createContext({ pattern, text }), { timeout: patienceMs }) === true;
  } catch (thrown) {
    if (isTimeout(thrown)) return "late";
    throw thrown;
  }
}

/** It may be an error of another realm, which is no `Error` here. */
function isTimeout(thrown: unknown): boolean {
  const isThing = typeof thrown === "object" && thrown !== null;
  return isThing && "code" in thrown && thrown.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}
