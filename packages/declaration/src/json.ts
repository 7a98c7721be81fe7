import { MusterError } from "@muster/model";
import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import type { SourceDocument } from "./source.ts";
import { documentOfTree, type Entry, MAX_DEPTH, positionOf, type Tree } from "./tree.ts";

/** Reads JSON; comments and trailing commas may be in it. Throws `declaration.syntax`, and what `documentOfTree` throws. */
export function parseJson(text: string, file: string): SourceDocument {
  const syntaxError = (detail: string, offset: number) =>
    new MusterError(
      "declaration.syntax",
      { language: "JSON", detail },
      { place: { file, ...positionOf(text, offset) } },
    );

  const deep = tooDeepAt(text);
  if (deep !== undefined) throw syntaxError(`values are nested deeper than ${MAX_DEPTH} levels`, deep);

  if (createScanner(text, true).scan() === token.endOfFile) {
    throw new MusterError("declaration.empty", { file }, { place: { file } });
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const [error] = errors;
  if (error || !root) throw syntaxError(error ? detailOf(error, text) : "value expected", error?.offset ?? 0);
  return documentOfTree(treeOf(root, text), text, file);
}

/** Where a value is nested too deeply. Asked of the tokens, because what makes a tree of them calls itself for every level. */
function tooDeepAt(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let kind = scanner.scan(); kind !== token.endOfFile; kind = scanner.scan()) {
    if (kind === token.openBrace || kind === token.openBracket) depth++;
    if (kind === token.closeBrace || kind === token.closeBracket) depth--;
    if (depth > MAX_DEPTH) return scanner.getTokenOffset();
  }
  return undefined;
}

/** jsonc-parser's SyntaxKind is a `const enum`, which type stripping cannot read. */
const token = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, endOfFile: 17 } as const;

/** `CommaExpected` → `comma expected`. */
function detailOf(error: ParseError, text: string): string {
  const words = printParseErrorCode(error.error)
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase();
  return error.offset >= text.trimEnd().length ? `${words}, and the text ends` : words;
}

function treeOf(node: Node, text: string): Tree {
  const at = node.offset;
  switch (node.type) {
    case "object":
      return { kind: "map", at, entries: (node.children ?? []).flatMap((property) => entryOf(property, text)) };
    case "array":
      return { kind: "list", at, items: (node.children ?? []).map((item) => treeOf(item, text)) };
    case "number":
      return { kind: "scalar", at, value: node.value, written: text.slice(at, at + node.length) };
    default:
      return { kind: "scalar", at, value: node.value };
  }
}

function entryOf(property: Node, text: string): readonly Entry[] {
  const [key, value] = property.children ?? [];
  return key && value ? [{ key: key.value, at: key.offset, value: treeOf(value, text) }] : [];
}
