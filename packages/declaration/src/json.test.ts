import { describe, expect, it } from "vitest";
import { parseJson } from "./json.ts";
import { failuresOf, wordsOf } from "./testing.ts";

const parse = (text: string) => parseJson(text, "stack.json");
const failures = (text: string) => failuresOf(() => parse(text));

describe("a JSON declaration", () => {
  it("may have comments and trailing commas", () => {
    expect(parse('{ // why\n "a": [1, 2.5e3, true, null,], /* what */ }').data).toEqual({ a: [1, 2500, true, null] });
  });

  it("knows where its keys and values stand", () => {
    const source = parse('{\n  "a": {\n    "b c": [1, 2]\n  }\n}');
    expect(source.locate(["a", "b c"], "key")).toEqual({
      file: "stack.json",
      line: 3,
      column: 5,
      path: 'a["b c"]',
    });
    expect(source.locate(["a", "b c", 1], "value")).toMatchObject({ line: 3, column: 16, path: 'a["b c"][1]' });
    expect(source.locate([], "value")).toEqual({ file: "stack.json", line: 1, column: 1 });
  });

  it("is refused with the place of a mistake", async () => {
    expect(await failures('{"a": 1 "b": 2}')).toEqual(["declaration.syntax stack.json:1:9"]);
    expect(await failures('{\n  "a": 01\n}')).toEqual(["declaration.syntax stack.json:2:9"]);
    expect(await failures("{a: 1}")).toEqual(["declaration.syntax stack.json:1:2"]);
    expect(await failures('{"a": 1} {"b": 2}')).toEqual(["declaration.syntax stack.json:1:10"]);
  });

  it("is refused when it is cut off", async () => {
    expect(await failures('{"a": 1,\n "b": ')).toEqual(["declaration.syntax stack.json:2:7"]);
    expect(await wordsOf(() => parse('{"a": {"b": 1'))).toContain("and the text ends");
    expect(await wordsOf(() => parse('{"a": "b'))).toContain("unexpected end of string");
  });

  it("is refused for every key that stands twice", async () => {
    expect(await failures('{"a": 1,\n "a": 2,\n "b": {"c": 1, "c": 1}}')).toEqual([
      "declaration.duplicate-key stack.json:2:2 (a)",
      "declaration.duplicate-key stack.json:3:16 (b.c)",
    ]);
  });

  it("is refused for keys that would reach behind the data", async () => {
    expect(await failures('{"__proto__": {"polluted": true}}')).toEqual([
      "declaration.bad-name stack.json:1:2 (__proto__)",
    ]);
    expect(parse('{"constructor": 1}').data).toEqual({ constructor: 1 });
  });

  it("is refused at once when it is nested too deeply", async () => {
    expect(await wordsOf(() => parse("[".repeat(4_000_000)))).toContain("nested deeper than 100 levels");
    expect(await failures('{"a":'.repeat(200_000))).toEqual(["declaration.syntax stack.json:1:501"]);
  });

  it("is refused for numbers that would not come through", async () => {
    expect(await failures('{"a": 1e999, "b": 9007199254740993}')).toEqual([
      "declaration.wrong-kind stack.json:1:7 (a)",
      "declaration.wrong-kind stack.json:1:19 (b)",
    ]);
  });
});
