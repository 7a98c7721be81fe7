/**
 * The YAML that most people write: mappings and lists by indentation, texts on one line or as a block (`|`), small mappings
 * and lists in braces on one line. Read here in one pass, in a tenth of the time that a reader of all of YAML takes. Whatever
 * else there is, and whatever is wrong, is left to that one: what both read is the same, place by place.
 */
import type { Entry, Tree } from "./tree.ts";

/** Deeper than this nobody writes by hand. */
const DEEPEST = 20;
/** An implicit key has at most 1024 characters. */
const LONGEST_KEY = 1_000;

/** Characters that mean something to YAML beside what is read here. */
const UNUSUAL = /[^\n\u0020-\u007e\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd]/;

const KEY = /(?:"([^"\\\n]*)"|([A-Za-z_/][\w./-]*)):(?=[ \n])/y;
const DOUBLE = /"(?:[^"\\\n]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*"/y;
const SINGLE = /'((?:[^'\n]|'')*)'/y;
/** A text without quotes, outside of braces and within them. */
const BARE = /[A-Za-z0-9_/$](?:[^\n:#]|:(?=[^ \n])|(?<=[^ \n])#)*/y;
const BARE_INSIDE = /[A-Za-z0-9_/$][\w./$@%+=~ -]*/y;
const WHOLE = /^(?:0|[1-9]\d{0,14})$/;
/** What may be a number is a matter of YAML's rules. */
const NUMERIC = /^(?:0[ox][\da-fA-F]+|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)$/;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const ODD_WORD = /^(?:true|false|null)$/i;
const BLOCK = /\|(-?)\n( *)(?=[^ \n])/y;
const REST = / *(?: #[^\n]*)?\n/y;

/** It is no plain YAML. */
const OTHER = Symbol("not plain");

/** The tree of a plain text; undefined where it is not plain, right or wrong. */
export function plainYaml(text: string): Tree | undefined {
  if (UNUSUAL.test(text) || !text.endsWith("\n")) return undefined;
  try {
    return reader(text).document();
  } catch (thrown) {
    if (thrown === OTHER) return undefined;
    throw thrown;
  }
}

function reader(text: string) {
  /** Where the next value or key begins, and in which column; at the end -1. */
  let at = 0;
  let column = 0;

  function document(): Tree {
    toNextLine(0);
    const tree = block(0, 1);
    if (at < text.length) throw OTHER;
    return tree;
  }

  /** From the beginning of a line to the first one that says something. */
  function toNextLine(from: number): void {
    let start = from;
    for (;;) {
      at = start;
      while (text[at] === " ") at++;
      if (at >= text.length) {
        column = -1;
        return;
      }
      column = at - start;
      if (text[at] !== "\n" && text[at] !== "#") return;
      start = text.indexOf("\n", at) + 1;
    }
  }

  function take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    at = pattern.lastIndex;
    return found;
  }

  /** Nothing but a comment may follow on the line. Where the next one is indented further it is told by whoever goes on. */
  function endLine(): void {
    if (take(REST) === undefined) throw OTHER;
    toNextLine(at);
  }

  function block(indent: number, depth: number): Tree {
    if (depth > DEEPEST) throw OTHER;
    return text[at] === "-" ? list(indent, depth) : map(indent, depth);
  }

  function map(indent: number, depth: number): Tree {
    const begins = at;
    const entries: Entry[] = [];
    while (column === indent && text[at] !== "-") {
      const keyAt = at;
      const [whole, quoted, bare = ""] = take(KEY) ?? [];
      if (whole === undefined || whole.length > LONGEST_KEY) throw OTHER;
      entries.push({ key: quoted ?? bare, at: keyAt, value: valueBehind(indent, depth) });
    }
    if (column > indent || entries.length === 0) throw OTHER;
    return { kind: "map", at: begins, entries };
  }

  /** What follows a key: on its line, or below it. */
  function valueBehind(indent: number, depth: number): Tree {
    if (take(REST) === undefined) {
      skipSpaces();
      return onLine(indent, depth);
    }
    toNextLine(at);
    const isList = text[at] === "-";
    if (column < indent || (column === indent && !isList)) throw OTHER;
    return block(column, depth + 1);
  }

  function list(indent: number, depth: number): Tree {
    const begins = at;
    const items: Tree[] = [];
    while (column === indent && text[at] === "-") {
      if (text[at + 1] !== " ") throw OTHER;
      at++;
      skipSpaces();
      KEY.lastIndex = at;
      if (KEY.test(text)) {
        column = at - lineStart();
        items.push(map(column, depth + 1));
      } else {
        items.push(onLine(indent, depth));
      }
    }
    if (column > indent) throw OTHER;
    return { kind: "list", at: begins, items };
  }

  function lineStart(): number {
    return text.lastIndexOf("\n", at - 1) + 1;
  }

  function skipSpaces(): void {
    while (text[at] === " ") at++;
  }

  function onLine(indent: number, depth: number): Tree {
    if (text[at] === "|") return literal(indent);
    const value = inline(BARE, depth + 1);
    endLine();
    return value;
  }

  function inline(bare: RegExp, depth: number): Tree {
    const begins = at;
    switch (text[at]) {
      case "{":
        return flowMap(depth);
      case "[":
        return flowList(depth);
      case '"':
        return { kind: "scalar", at: begins, value: JSON.parse(take(DOUBLE)?.[0] ?? refuse()) };
      case "'":
        return { kind: "scalar", at: begins, value: (take(SINGLE)?.[1] ?? refuse()).replaceAll("''", "'") };
      default:
        return bareScalar(begins, (take(bare)?.[0] ?? refuse()).trimEnd());
    }
  }

  function bareScalar(begins: number, written: string): Tree {
    at = begins + written.length;
    const word = WORDS.get(written);
    if (word !== undefined) return { kind: "scalar", at: begins, value: word };
    if (ODD_WORD.test(written)) throw OTHER;
    if (WHOLE.test(written)) return { kind: "scalar", at: begins, value: Number(written), written };
    if (NUMERIC.test(written)) throw OTHER;
    return { kind: "scalar", at: begins, value: written };
  }

  function flowMap(depth: number): Tree {
    const begins = at;
    const entries: Entry[] = [];
    between("}", () => {
      const keyAt = at;
      const [whole, quoted, bare = ""] = take(KEY) ?? [];
      if (whole === undefined || whole.length > LONGEST_KEY) throw OTHER;
      skipSpaces();
      entries.push({ key: quoted ?? bare, at: keyAt, value: inside(depth) });
    });
    return { kind: "map", at: begins, entries };
  }

  function flowList(depth: number): Tree {
    const begins = at;
    const items: Tree[] = [];
    between("]", () => items.push(inside(depth)));
    return { kind: "list", at: begins, items };
  }

  function inside(depth: number): Tree {
    if (depth > DEEPEST) throw OTHER;
    return inline(BARE_INSIDE, depth + 1);
  }

  /** Parts between braces, all of them on this line, with a comma between two. */
  function between(end: string, part: () => void): void {
    at++;
    skipSpaces();
    while (text[at] !== end) {
      part();
      skipSpaces();
      if (text[at] === end) break;
      if (text[at] !== "," || text[at + 1] !== " ") throw OTHER;
      at++;
      skipSpaces();
      if (text[at] === end) throw OTHER;
    }
    at++;
  }

  /** Lines that are taken as they are, up to the first that is indented less. */
  function literal(around: number): Tree {
    const begins = at;
    const [, chomp = "", margin = ""] = take(BLOCK) ?? refuse();
    const indent = margin.length;
    if (indent <= around) throw OTHER;
    const linesAt = at - indent;
    const lines: string[] = [];
    let start = linesAt;
    for (;;) {
      const end = text.indexOf("\n", start);
      const line = text.slice(start, end === -1 ? undefined : end);
      if (end === -1 || (line !== "" && !line.startsWith(margin))) break;
      lines.push(line.slice(indent));
      start = end + 1;
    }
    // Fewer spaces than the margin, and nothing else: for some an empty line, for others its end.
    if (/^ +(?:\n|$)/.test(text.slice(start, start + indent + 1))) throw OTHER;
    while (lines.at(-1) === "") lines.pop();
    toNextLine(start);
    const value = lines.join("\n") + (chomp === "-" ? "" : "\n");
    return { kind: "scalar", at: begins, value, lines: { at: linesAt, indent } };
  }

  return { document };
}

function refuse(): never {
  throw OTHER;
}
