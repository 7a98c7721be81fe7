/**
 * What YAML and JSON have in common: values with the place each stands at. A parser makes a tree; here it becomes plain
 * data, and what no declaration may hold is refused.
 */
import { type Json, MusterError, type Place } from "@muster/model";
import { gatherProblems } from "./problems.ts";
import { type Path, placeOf, type SourceDocument, type What } from "./source.ts";

export interface Entry {
  readonly key: string;
  /** Where the key begins. */
  readonly at: number;
  readonly value: Tree;
}

/** `at` is where it begins: an index into the text. */
export type Tree =
  | {
      readonly kind: "scalar";
      readonly at: number;
      readonly value: string | number | boolean | null;
      /** A number's digits as written. */
      readonly written?: string;
      /** Of a text whose lines are lines of the document: where the first begins, and how far each is indented. */
      readonly lines?: { readonly at: number; readonly indent: number };
    }
  | { readonly kind: "list"; readonly at: number; readonly items: readonly Tree[] }
  | { readonly kind: "map"; readonly at: number; readonly entries: readonly Entry[] };

/** How deep values may be nested. What people write is below 20. */
export const MAX_DEPTH = 100;

/** The tree of a text as a document. Throws MusterErrors for double keys and for values that are no JSON. */
export function documentOfTree(tree: Tree, text: string, file: string): SourceDocument {
  const lines = lineStarts(text);
  const placeAt = (offset: number, path: Path): Place => ({ ...placeOf(path, file), ...lineAndColumn(lines, offset) });
  const locate: SourceDocument["locate"] = (path, what, within) => {
    const place = placeAt(find(tree, path, what), path);
    const node = within === undefined ? undefined : nodeAt(tree, path);
    if (within === undefined || node?.kind !== "scalar" || typeof node.value !== "string") return place;
    return node.lines === undefined ? place : { ...place, ...placeWithin(node.value, within, lines, node.lines) };
  };
  const problems = gatherProblems(locate);

  /** The way to what is being made plain. It is copied for what is wrong, and for nothing else: there may be thousands. */
  const way: (string | number)[] = [];
  const below = (step: string | number, node: Tree): Json => {
    way.push(step);
    const value = plain(node);
    way.pop();
    return value;
  };

  const plain = (node: Tree): Json => {
    if (node.kind === "list") return node.items.map((item, index) => below(index, item));
    if (node.kind === "map") {
      checkKeys(node.entries);
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, below(key, value)]));
    }
    const wrong = wrongNumber(node);
    if (wrong !== undefined) problems.add("declaration.wrong-kind", wrong, [...way]);
    return node.value;
  };

  const checkKeys = (entries: readonly Entry[]): void => {
    const firsts = new Map<string, number>();
    for (const { key, at } of entries) {
      const before = firsts.get(key);
      if (before === undefined) firsts.set(key, at);
      else noteDouble(key, at, lineAndColumn(lines, before).line);
      if (refusedKeys.has(key)) problems.addError(refusedKey(key, placeAt(at, [...way, key])));
    }
  };

  const noteDouble = (key: string, at: number, first: number): void => {
    const place = placeAt(at, [...way, key]);
    problems.addError(new MusterError("declaration.duplicate-key", { key, first }, { place }));
  };

  const data = plain(tree);
  problems.throwIfAny();
  return { file, data, locate };
}

/** Where an index of a text is, both counted from 1. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  return lineAndColumn(lineStarts(text), offset);
}

/** `__proto__` would reach behind the data in any program that copies it key by key. */
export const refusedKeys: ReadonlySet<string> = new Set(["__proto__"]);

function refusedKey(key: string, place: Place): MusterError {
  return new MusterError("declaration.bad-name", { what: "the key", name: key, rule: "another key" }, { place });
}

function wrongNumber(node: Extract<Tree, { kind: "scalar" }>) {
  if (typeof node.value !== "number") return undefined;
  const found = node.written ?? String(node.value);
  if (!Number.isFinite(node.value)) return { what: "a number", wanted: "a finite number, or a text in quotes", found };
  if (Number.isInteger(node.value) && !Number.isSafeInteger(node.value) && /^[-+]?\d+$/.test(found)) {
    return { what: "a whole number", wanted: "below 2^53, or a text in quotes", found };
  }
  return undefined;
}

/** The offset of a path's key or value; where the path leads nowhere, of the last step that is there. */
function find(tree: Tree, path: Path, what: What): number {
  let node = tree;
  let at = tree.at;
  for (const [index, step] of path.entries()) {
    const child = childOf(node, step);
    // What is missing is missing from the thing whose name was the last step.
    if (child === undefined) return at;
    const wantsValue = index === path.length - 1 && what === "value";
    at = wantsValue ? child.value.at : child.at;
    node = child.value;
  }
  return at;
}

function nodeAt(tree: Tree, path: Path): Tree | undefined {
  let node: Tree | undefined = tree;
  for (const step of path) node = node && childOf(node, step)?.value;
  return node;
}

/** Where an index of a text is, whose lines are lines of the document. */
function placeWithin(
  text: string,
  within: number,
  lines: readonly number[],
  { at, indent }: { readonly at: number; readonly indent: number },
): { line: number; column: number } {
  const inner = lineAndColumn(lineStarts(text), within);
  return { line: lineAndColumn(lines, at).line + inner.line - 1, column: indent + inner.column };
}

function childOf(node: Tree, step: string | number): Omit<Entry, "key"> | undefined {
  if (node.kind === "map") return node.entries.find(({ key }) => key === step);
  if (node.kind !== "list" || typeof step !== "number") return undefined;
  const item = node.items[step];
  return item === undefined ? undefined : { at: item.at, value: item };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineAndColumn(starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
