import { type Document, type Json, type JsonObject, MusterError, type Stack } from "@muster/model";
import { infrakitStack } from "./infrakit.ts";
import { musterStack } from "./muster.ts";
import { gatherProblems } from "./problems.ts";
import { type SourceDocument, sourceOf } from "./source.ts";
import { MAX_DEPTH } from "./tree.ts";

/** What was read of a document stays true of it: whoever keeps a stack asks again and again. */
const known = { muster: new WeakMap<JsonObject, Stack>(), infrakit: new WeakMap<JsonObject, Stack>() };

/**
 * What a document declares. Reads the structure only, so it needs neither schemas nor plugins: it is also how a stored
 * document becomes a stack again. Throws MusterErrors of the family `declaration`.
 *
 * @param source where the parts of the document stand; without it errors tell the path only.
 */
export function stackOf(document: Document, source: Pick<SourceDocument, "locate"> = sourceOf(document)): Stack {
  const before = known[document.dialect].get(document.data);
  if (before !== undefined) return before;
  const problems = gatherProblems(source.locate);
  // What comes from a caller was read by no parser that would have refused it.
  if (isDeeper(document.data, MAX_DEPTH)) {
    const words = { what: "a declaration", wanted: `nested at most ${MAX_DEPTH} levels`, found: "nested deeper" };
    problems.add("declaration.wrong-kind", words, []);
    problems.throwIfAny();
  }
  const stack =
    document.dialect === "muster" ? musterStack(document.data, problems) : infrakitStack(document.data, problems);
  problems.throwIfAny();
  if (stack === undefined)
    throw new MusterError("internal", { detail: "a stack could not be read, and nobody said why" });
  known[document.dialect].set(document.data, stack);
  return stack;
}

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
