import { type Document, MusterError, type Stack } from "@muster/model";
import { infrakitStack } from "./infrakit.ts";
import { musterStack } from "./muster.ts";
import { gatherProblems } from "./problems.ts";
import { type SourceDocument, sourceOf } from "./source.ts";

/**
 * What a document declares. Reads the structure only, so it needs neither schemas nor plugins: it is also how a stored
 * document becomes a stack again. Throws MusterErrors of the family `declaration`.
 *
 * @param source where the parts of the document stand; without it errors tell the path only.
 */
export function stackOf(document: Document, source: Pick<SourceDocument, "locate"> = sourceOf(document)): Stack {
  const problems = gatherProblems(source.locate);
  const stack =
    document.dialect === "muster" ? musterStack(document.data, problems) : infrakitStack(document.data, problems);
  problems.throwIfAny();
  if (stack === undefined)
    throw new MusterError("internal", { detail: "a stack could not be read, and nobody said why" });
  return stack;
}
