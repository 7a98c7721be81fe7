import { type ErrorCode, type ErrorWords, MusterError, MusterErrors } from "@muster/model";
import type { Path, SourceDocument, What } from "./source.ts";

/** What is wrong with one declaration, gathered so that a person can mend it all at once. */
export interface Problems {
  readonly locate: SourceDocument["locate"];
  /** @param within so far into a text */
  add(code: ErrorCode, words: ErrorWords, path: Path, what?: What, within?: number): void;
  /** As many as anybody reads: whoever has to search for good words may leave it. */
  isFull(): boolean;
  /** One that knows its place, or has none. */
  addError(error: MusterError): void;
  /** Throws MusterErrors when there is any, in the order of the text. */
  throwIfAny(): void;
}

/** More than this nobody reads; a document of 100,000 bad names must not make 100,000 errors. */
const MAX_PROBLEMS = 100;

export function gatherProblems(locate: SourceDocument["locate"]): Problems {
  const errors: MusterError[] = [];
  return {
    locate,
    isFull: () => errors.length >= MAX_PROBLEMS,
    add(code, words, path, what = "value", within) {
      if (errors.length >= MAX_PROBLEMS) return;
      errors.push(new MusterError(code, words, { place: locate(path, what, within) }));
    },
    addError(error) {
      if (errors.length < MAX_PROBLEMS) errors.push(error);
    },
    throwIfAny() {
      const [first, ...others] = errors.toSorted(byPlace);
      if (first !== undefined) throw new MusterErrors([first, ...others]);
    },
  };
}

function byPlace({ place: a }: MusterError, { place: b }: MusterError): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
