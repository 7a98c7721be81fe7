import fc from "fast-check";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { parseYaml, treeOfYaml } from "./yaml.ts";
import { plainYaml } from "./yaml-plain.ts";

const PARTS = [
  ..."abx019:,-#|{}[]\"'$/.~%&*!?>\\ \n",
  ...[
    "  ",
    "    ",
    "\n  ",
    "\n    ",
    "- ",
    ": ",
    " #",
    "# c\n",
    "''",
    '""',
    "a: ",
    "b:\n",
    "\n- ",
    "|\n",
    "|-\n",
    "\n\n",
  ],
  ...["true", "null", "No", "TRUE", "0x1", "1e3", "1.5", "007", "-1", "10%", "2s", "10.0.0.1", "http://x", "x y"],
  ...[
    "key: value\n",
    "key:\n  in: 1\n",
    "list:\n- a\n- b: c\n  d: e\n",
    "file:\n  /etc/motd: { content: \"x\\n\", mode: '0644' }\n",
  ],
  ...[
    "text: |\n  one\n   two\n\n  three\n",
    "  text: |-\n    one\n",
    "args: [a, 'b', \"c\", 1]\n",
    "---\n",
    "...\n",
    "\t",
    "\r\n",
    "ü",
    "é: x\n",
  ],
  ...[
    "<<: *a\n",
    "? a\n",
    "a: &x 1\n",
    "b: !!str 1\n",
    "empty: {}\n",
    "none: []\n",
    "  # c\n",
    "a: b # c\n",
    "x: a#b\n",
    "x: a:b\n",
  ],
];
const STACK = `# a stack
stack: shop
mode: enforce
resources:
  file:
    /etc/motd: { content: "Welcome\\n", mode: "0644" }
    # by hand
    "/etc/with space": { ensure: absent }
    /etc/long:
      content: |
        one
          two

        three
      mode: '0600'
groups:
  web:
    size: 3 # of them
    template: { process: { command: node, args: [server.js, "-x"], env: { PORT: "\${self.port}" } } }
    flavor: { http: { url: "http://127.0.0.1:\${self.port}/health" } }
    rollout: { maxSurge: 1, minReady: 2s }
    repair: { breaker: 40% }
    checks:
      - http: http://localhost:80/
        status: 200
      - port: 8080
    members:
    - a
    - b
`;

const soup = fc.array(fc.constantFrom(...PARTS), { maxLength: 14 }).map((parts) => parts.join(""));

const same = (text: string) => {
  const plain = plainYaml(text);
  if (plain !== undefined) expect(plain).toEqual(treeOfYaml(text, "stack.yaml"));
  return plain !== undefined;
};

/** A stack as people write it, with something put in or cut out somewhere. */
const changed = fc
  .array(fc.record({ at: fc.nat(), cut: fc.constantFrom(0, 0, 1, 2, 5, 40), part: fc.constantFrom("", ...PARTS) }), {
    maxLength: 3,
  })
  .map((edits) =>
    edits.reduce((text, { at, cut, part }) => {
      const where = at % text.length;
      return text.slice(0, where) + part + text.slice(where + cut);
    }, STACK),
  );

it.each([
  ["a soup", soup, 2_000],
  ["a stack that was changed", changed, 500],
])("reads what it reads of %s as the reader of all of YAML does, place by place", (_what, texts, numRuns) => {
  let read = 0;
  fc.assert(
    fc.property(texts, (text) => {
      if (same(text) || same(`${text}\n`)) read++;
    }),
    { numRuns },
  );
  expect(read).toBeGreaterThan(20);
});

const VALUES = [
  ...["true", "TRUE", "True", "false", "null", "NULL", "Null", "~", "yes", "No", "on", "y", "nullable", "trueish"],
  ...[
    "0",
    "7",
    "-1",
    "+1",
    "-0",
    "00",
    "007",
    "1.5",
    "1.",
    ".5",
    "1e3",
    "1E+3",
    "1e",
    "0x1F",
    "0X1F",
    "0xg",
    "0o17",
    "0o8",
    "0b1",
  ],
  ...["1_000", "123456789012345", "1234567890123456", "12345678901234567890", ".inf", ".NaN", "2001-01-01", "12:30:45"],
  ...[
    "2s",
    "40%",
    "10.0.0.1",
    "5 apples",
    "1 # c",
    "a#b",
    "a #b",
    "a# b",
    "a:b",
    "a: b",
    "a :b",
    "a:",
    ":a",
    "a,b",
    "a, b",
    "a]b",
  ],
  ...[
    "http://x:80/?a=b&c",
    "/etc/x",
    "$a",
    "${self.port}",
    "$${",
    "-a",
    "- a",
    "?a",
    "? a",
    "!a",
    "&a",
    "*a",
    "@a",
    "`a",
    "%a",
    "|a",
  ],
  ...[
    "''",
    "'a''b'",
    "'a",
    "a'b",
    "'a' b",
    "'a\\n'",
    '""',
    '"a\\n"',
    '"\\x41"',
    '"\\u00e9"',
    '"\\/"',
    '"a',
    'a"b',
    '"a" b',
    '"\\0"',
  ],
  ...[
    "{}",
    "[]",
    "{ }",
    "[ ]",
    "{a: 1}",
    "{ a: 1, }",
    "{a}",
    "{a, b: 1}",
    "[a, ]",
    "[a,b]",
    "[,]",
    "[a]b",
    "{a: 1}b",
    "{ a:1 }",
  ],
  ...[
    '{"a":1}',
    '{"a": 1}',
    "{a: {b: [1, {c: d}]}}",
    "{a: 1",
    "[a",
    "{a: b: c}",
    "[a: b]",
    "{'a': 1}",
    "{1: a}",
    "{a: -1}",
    "{a: }",
  ],
  ...[
    "ü",
    "a\u00a0b",
    "\u2028",
    "\ufeff",
    "\u{1f600}",
    "a  b",
    "a ",
    "#",
    "# c",
    "|",
    "|-",
    "|+",
    "|2",
    ">",
    "<<",
    "=",
    "a\tb",
  ],
];
const PLACES = [
  "V\n",
  "k: V\n",
  "k:  V\n",
  "- V\n",
  "-  V\n",
  "k:\n  V\n",
  "k: {a: V}\n",
  "k: { a: V, b: c }\n",
  "k: [V]\n",
  "k: [ V , V ]\n",
];
const AROUND = [
  "k: V # c\n",
  "- k: V\n  l: V\n",
  "V: k\n",
  "k: {V: a}\n",
  "k: V\n  l\n",
  "k: V\nl: V\n",
  "k: V\n\n  # c\nl: m\n",
  "k:\n- V\nl: V\n",
];

it.each([...PLACES, ...AROUND])("reads any value it reads in %j as the other does", (place) => {
  for (const value of VALUES) same(place.replaceAll("V", () => value));
});

const TEXTS = [
  "a\n",
  "  a\n",
  "  a\n   b\n",
  "  a\n\n  b\n",
  "\n  a\n",
  "  a\n\n\n",
  "  a\n \n  b\n",
  "  a\n   \n  b\n",
  "  a\n # c\n",
];
const BELOW = [
  "",
  "  a\n  # c\n",
  "  a\n# c\n",
  "  a\n b\n",
  "  # a\n  b\n",
  "    a\n  b\n",
  "  a\n \n",
  "  a ",
  "   a\n   b\n  \n",
  "  - a\n",
];

it.each([
  "k: |\nT",
  "k: |-\nT",
  "k: |\nTl: m\n",
  "k: |-\nTl: m\n",
  "- |\nT",
  "- |\nT- b\n",
  "i:\n  k: |\nT",
  "k: | # c\nT",
  "k: | \nT",
])("reads any text it reads in %j as the other does", (place) => {
  for (const text of [...TEXTS, ...BELOW]) same(place.replace("T", () => text));
});

it("reads what a program has written", () => {
  const key = fc.stringMatching(/^[A-Za-z_/][\w./-]{0,12}$/);
  const { tree } = fc.letrec((tie) => ({
    leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.stringMatching(/^[a-z \n:#-]*$/)),
    tree: fc.oneof(
      { maxDepth: 4 },
      tie("leaf"),
      fc.dictionary(key, tie("tree"), { maxKeys: 5 }),
      fc.array(tie("tree"), { maxLength: 4 }),
    ),
  }));
  const styles = fc.record({ indent: fc.constantFrom(2, 4), lineWidth: fc.constant(0), indentSeq: fc.boolean() });
  let read = 0;
  fc.assert(
    fc.property(fc.dictionary(key, tree, { minKeys: 1, maxKeys: 5 }), styles, (value, style) => {
      if (same(stringify(value, style))) read++;
    }),
  );
  expect(read).toBeGreaterThan(10);
});

it("reads the stacks that people write", () => {
  expect(same(STACK)).toBe(true);
  expect(parseYaml(STACK, "stack.yaml").locate(["groups", "web", "size"], "value")).toMatchObject({
    line: 18,
    column: 11,
  });
});

it.each([
  ["an anchor", "a: &x 1\nb: *x\n"],
  ["a tag", "a: !!str 1\n"],
  ["a folded text", "a: >\n  b\n"],
  ["two documents", "a: 1\n---\nb: 2\n"],
  ["a text over two lines", "a: b\n  c\n"],
  ["a key twice in question", "? a\n: b\n"],
  ["a tab", "a:\tb\n"],
  ["nothing", ""],
])("leaves %s to it", (_what, text) => {
  expect(plainYaml(text)).toBeUndefined();
});
