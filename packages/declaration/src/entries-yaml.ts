/** Entries as YAML. */
import { Document, isMap, isScalar, Scalar, visit, type YAMLMap } from "yaml";
import { oneLine, type ResourceEntry, resourcesOf } from "./entries.ts";

export function yamlText(entries: readonly ResourceEntry[]): string {
  const document = new Document({ resources: resourcesOf(entries) });
  for (const { type, name, notes } of entries) {
    const named = document.getIn(["resources", type]);
    if (isMap(named)) putNotes(named, name, notes);
  }
  return yamlOf(document);
}

/** What nobody sees: blanks at the end of a line, and characters that show nothing. */
const UNSEEN = /[^\P{C}\n\t]|[\u0085\u2028\u2029\ufeff]|[^\S\n]$/mu;

/** The whole document. A text that lines would not show as it is, to the last blank, is quoted. */
export function yamlOf(document: Document): string {
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== "string" || node.type !== undefined) return;
      const isSeen = /^\S/.test(node.value) && !/\n\n$/.test(node.value) && !UNSEEN.test(node.value);
      if (isSeen && node.value.includes("\n")) node.type = Scalar.BLOCK_LITERAL;
      else if (!isSeen) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  // A line that is broken elsewhere than where it ends is another text to whoever reads it.
  return document.toString({ lineWidth: 0, doubleQuotedAsJSON: true });
}

function putNotes(named: YAMLMap, name: string, notes: readonly string[]): void {
  const key = named.items.find((pair) => isScalar(pair.key) && pair.key.value === name)?.key;
  if (isScalar(key) && notes.length > 0) key.commentBefore = notes.map((note) => ` ${oneLine(note)}`).join("\n");
}
