import { describe, expect, it } from "vitest";
import { failuresOf, wordsOf } from "./testing.ts";
import { parseYaml } from "./yaml.ts";

const parse = (text: string) => parseYaml(text, "stack.yaml");
const failures = (text: string) => failuresOf(() => parse(text));

describe("a YAML declaration", () => {
  it("is YAML 1.2: `no` is a text, and so is a date", () => {
    expect(parse("a: no\nb: 2020-01-01\nc: 0o17\nd: ~\ne: 0644").data).toEqual({
      a: "no",
      b: "2020-01-01",
      c: 15,
      d: null,
      e: 644,
    });
  });

  it("has keys as they are written", () => {
    expect(parse("8080: a\ntrue: b\n0x10: c\nconstructor: d\n").data).toEqual({
      "8080": "a",
      true: "b",
      "0x10": "c",
      constructor: "d",
    });
  });

  it("knows where its keys and values stand", () => {
    const source = parse("groups:\n  web:\n    size: 3\n    members: [a, bc]\n");
    expect(source.locate(["groups", "web", "size"], "key")).toEqual({
      file: "stack.yaml",
      line: 3,
      column: 5,
      path: "groups.web.size",
    });
    expect(source.locate(["groups", "web", "size"], "value")).toMatchObject({ line: 3, column: 11 });
    expect(source.locate(["groups", "web", "members", 1], "value")).toMatchObject({ line: 4, column: 18 });
    expect(source.locate(["groups", "web", "template"], "key")).toMatchObject({
      line: 2,
      column: 3,
      path: "groups.web.template",
    });
  });

  it("may repeat a value by an alias", () => {
    expect(parse("a: &x [1, 2]\nb: *x\n").data).toEqual({ a: [1, 2], b: [1, 2] });
    const text = "a: &x 1\nb: &y [*x]\nc: &x 2\nd: [*x, *y]\n&k key: *k\n";
    expect(parse(text).data).toEqual({ a: 1, b: [1], c: 2, d: [2, [1]], key: "key" });
  });

  it("is refused with the place of a mistake", async () => {
    expect(await failures("stack: shop\n  groups: {}\n")).toEqual(["declaration.syntax stack.yaml:1:8"]);
    expect(await failures("stack: *nobody\n")).toEqual(["declaration.syntax stack.yaml:1:8"]);
    expect(await failures("stack: !js/function x\n")).toEqual(["declaration.syntax stack.yaml:1:8"]);
    expect(await failures("a: 1\n---\nb: 2\n")).toEqual(["declaration.syntax stack.yaml:2:1"]);
    expect(await failures("? [a]\n: 2\n")).toEqual(["declaration.syntax stack.yaml:1:3"]);
  });

  it("is refused when it is cut off", async () => {
    expect(await failures("stack: shop\ngroups:\n  web: {size: 1")).toEqual(["declaration.syntax stack.yaml:3:16"]);
    expect(await failures('stack: "shop')).toEqual(["declaration.syntax stack.yaml:1:13"]);
  });

  it("is refused for every key that stands twice, with both lines", async () => {
    const text = "stack: a\ngroups:\n  web: {size: 1, size: 2}\nstack: b\n";
    expect(await failures(text)).toEqual([
      "declaration.duplicate-key stack.yaml:3:18 (groups.web.size)",
      "declaration.duplicate-key stack.yaml:4:1 (stack)",
    ]);
    expect(await wordsOf(() => parse(text))).toContain("the key `stack` stands twice; first on line 1");
  });

  it("finds keys that stand twice among 20,000 in no time", async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `key${index}: x\n`);
    const before = performance.now();
    expect(await failures(`${lines.join("")}key0: y\n`)).toEqual([
      "declaration.duplicate-key stack.yaml:20001:1 (key0)",
    ]);
    expect(performance.now() - before).toBeLessThan(5000);
  });

  it("is refused when aliases stand for a billion values", async () => {
    const levels = "bcdefghi".split("").map((name, index) => {
      const before = "abcdefgh"[index];
      return `${name}: &${name} [${Array(10).fill(`*${before}`).join(", ")}]`;
    });
    const bomb = `a: &a [${Array(10).fill("x").join(", ")}]\n${levels.join("\n")}\n`;
    expect(await wordsOf(() => parse(bomb))).toContain("aliases repeat more than 10000 values");
  });

  it("is refused when an alias stands within what it repeats", async () => {
    expect(await wordsOf(() => parse("a: &a [*a]\n"))).toContain("this is not YAML");
  });

  it.each([
    ["[", 3_000_000],
    ["{a: ", 500_000],
    ["- ", 1_000_000],
    ["? ", 200_000],
  ])("is refused at once when `%s` stands %i times", async (opening, times) => {
    const before = performance.now();
    expect(await wordsOf(() => parse(opening.repeat(times)))).toContain("nested deeper than 100 levels");
    expect(performance.now() - before).toBeLessThan(5000);
  });

  it("may be nested as deeply as people do", () => {
    expect(parse(`${"[".repeat(99)}1${"]".repeat(99)}`).data).toBeDefined();
  });

  it("is refused for keys that would reach behind the data", async () => {
    expect(await failures("a:\n  __proto__: {polluted: yes}\n")).toEqual([
      "declaration.bad-name stack.yaml:2:3 (a.__proto__)",
    ]);
  });

  it("is refused for merge keys, which YAML 1.2 does not have", async () => {
    expect(await failures("a: &a {x: 1}\nb:\n  <<: *a\n")).toEqual(["declaration.syntax stack.yaml:3:3"]);
    expect(parse('"<<": 1\n').data).toEqual({ "<<": 1 });
  });

  it("is refused for numbers that would not come through", async () => {
    expect(await failures("a: .inf\nb: .nan\nc: 12345678901234567890\n")).toEqual([
      "declaration.wrong-kind stack.yaml:1:4 (a)",
      "declaration.wrong-kind stack.yaml:2:4 (b)",
      "declaration.wrong-kind stack.yaml:3:4 (c)",
    ]);
  });
});
