import { MusterError } from "@muster/model";
import {
  type Alias,
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  Parser,
  type Document as YamlDocument,
} from "yaml";
import type { SourceDocument } from "./source.ts";
import { documentOfTree, type Entry, MAX_DEPTH, positionOf, type Tree } from "./tree.ts";

/** So many values may be there because an alias repeats them; nine lines of aliases can stand for a billion. */
const MAX_REPEATED = 10_000;

/** Reads a YAML 1.2 text. Throws `declaration.empty` and `.syntax`, and what `documentOfTree` throws. */
export function parseYaml(text: string, file: string): SourceDocument {
  const tree = treeOfYaml(text, file);
  const source = tree && documentOfTree(tree, text, file);
  if (!source || source.data === null) throw new MusterError("declaration.empty", { file }, { place: { file } });
  return source;
}

/** Undefined where nothing is written. Throws `declaration.syntax`. */
export function treeOfYaml(text: string, file: string): Tree | undefined {
  const syntaxError = (detail: string, offset: number) =>
    new MusterError(
      "declaration.syntax",
      { language: "YAML", detail },
      { place: { file, ...positionOf(text, offset) } },
    );

  const [document, another] = compose(text, syntaxError);
  const mistake = document?.errors[0] ?? document?.warnings[0];
  if (mistake) throw syntaxError(mistake.message, mistake.pos[0]);
  if (another) throw syntaxError("a second document begins here", another.range[0]);
  return document?.contents ? treeOf(document.contents, text, syntaxError) : undefined;
}

type SyntaxErrorOf = (detail: string, offset: number) => MusterError;

function compose(text: string, syntaxError: SyntaxErrorOf): readonly YamlDocument.Parsed[] {
  const composer = new Composer({ version: "1.2", uniqueKeys: false, prettyErrors: false });
  return [...composer.compose(tokensOf(text, syntaxError), true, text.length)];
}

/** The tokens of a text. What composes them calls itself for every level, so depth is bounded here. */
function* tokensOf(text: string, syntaxError: SyntaxErrorOf): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // The stack also holds the document, and up to two tokens for a level.
    if (parser.stack.length > 2 * MAX_DEPTH + 2) throw tooDeep(parser.offset, syntaxError);
  }
  yield* parser.end();
}

function treeOf(contents: Node, text: string, syntaxError: SyntaxErrorOf): Tree {
  let repeated = 0;
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node | undefined>();

  const convert = (node: Node | null, at: number, depth: number, repeating: boolean): Tree => {
    if (depth > MAX_DEPTH) throw tooDeep(at, syntaxError);
    if (repeating && ++repeated > MAX_REPEATED) {
      throw syntaxError(`aliases repeat more than ${MAX_REPEATED} values`, at);
    }
    if (node === null) return { kind: "scalar", at, value: null };
    const begins = node.range?.[0] ?? at;
    if (!isAlias(node) && node.anchor !== undefined && !repeating) anchors.set(node.anchor, node);
    if (isAlias(node)) return convert(aliased(node, begins), begins, depth + 1, true);
    if (isMap<Node, Node | null>(node)) {
      const entries = node.items.map((pair) => entryOf(pair, begins, depth, repeating));
      return { kind: "map", at: begins, entries };
    }
    if (isSeq<Node | null>(node)) {
      return { kind: "list", at: begins, items: node.items.map((item) => convert(item, begins, depth + 1, repeating)) };
    }
    return scalarOf(node, begins);
  };

  // Nodes come in the order of the text, so an alias is first met where its anchor is the last one of that name. (To let
  // the library find it would be a walk through the document for each alias.)
  const aliased = (alias: Alias, at: number): Node => {
    if (!targets.has(alias)) targets.set(alias, anchors.get(alias.source));
    const target = targets.get(alias);
    if (target === undefined) throw syntaxError(`nothing before it is called \`&${alias.source}\``, at);
    return target;
  };

  const entryOf = (pair: Pair<Node, Node | null>, mapAt: number, depth: number, repeating: boolean): Entry => {
    const at = pair.key.range?.[0] ?? mapAt;
    if (!isAlias(pair.key) && pair.key.anchor !== undefined && !repeating) anchors.set(pair.key.anchor, pair.key);
    if (!isScalar(pair.key)) throw syntaxError("a key must be a text", at);
    const key = pair.key.source ?? String(pair.key.value ?? "");
    if (key === "<<" && pair.key.type === "PLAIN") throw syntaxError("YAML 1.2 has no merge keys (`<<`)", at);
    return { key, at, value: convert(pair.value, pair.key.range?.[2] ?? at, depth + 1, repeating) };
  };

  const scalarOf = (node: Node, at: number): Tree => {
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === "number" && isScalar(node) && node.source !== undefined) {
      return { kind: "scalar", at, value, written: node.source };
    }
    if (typeof value === "string" && isScalar(node) && node.type === "BLOCK_LITERAL") {
      return { kind: "scalar", at, value, lines: linesOf(value, text, at) };
    }
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      return { kind: "scalar", at, value };
    }
    throw syntaxError("a value of a kind that JSON does not have", at);
  };

  return convert(contents, contents.range?.[0] ?? 0, 1, false);
}

/** The lines of a block (`|`) begin below its first one, and are indented as far as the first that is not empty. */
function linesOf(value: string, text: string, at: number): { at: number; indent: number } {
  const begins = text.indexOf("\n", at) + 1;
  const first = value.split("\n").findIndex((line) => line !== "");
  const written = text.slice(begins).split("\n", first + 1)[first] ?? "";
  return { at: begins, indent: Math.max(0, written.length - (value.split("\n", first + 1)[first] ?? "").length) };
}

function tooDeep(at: number, syntaxError: SyntaxErrorOf): MusterError {
  return syntaxError(`values are nested deeper than ${MAX_DEPTH} levels`, at);
}
