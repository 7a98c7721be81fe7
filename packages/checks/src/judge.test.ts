import type { Json } from "@muster/model";
import { describe, expect, it } from "vitest";
import { found, type Matcher, none, untold } from "./check.ts";
import { judge } from "./judge.ts";
import { matches, patienceForOne } from "./pattern.ts";

const NOW = 1_700_000_000_000;
const of = (matcher: Matcher, value: Json) => judge(matcher, found(value), NOW);
const verdict = (matcher: Matcher, value: Json) => of(matcher, value).verdict;
const equals = (value: Json): Matcher => ({ word: "equals", value });

describe("a matcher", () => {
  it.each<[Matcher, Json, Json]>([
    [equals("a"), "a", "b"],
    [equals("a\nb"), "a\nb\n", "a\n\nb"],
    [equals(["a", "b"]), ["a", "b"], ["a"]],
    [{ word: "not", of: equals(3) }, 4, 3],
    [{ word: "min", value: 3 }, 3, 2],
    [{ word: "max", value: 3 }, 3, 4],
    [{ word: "between", from: 1, to: 3 }, 2, 0],
    [{ word: "oneOf", values: [1, 2] }, 2, 3],
    [{ word: "either", of: [equals(404), { word: "between", from: 200, to: 299 }] }, 204, 500],
    [{ word: "contains", value: "ell" }, "hello", "heo"],
    [{ word: "contains", value: "a" }, ["a"], ["ab"]],
    [{ word: "containsAll", values: ["a", "b"] }, "ba", "a"],
    [{ word: "matches", pattern: "^b$" }, "a\nb\nc", "ab"],
    [{ word: "sorted", wanted: true }, "a\nb\nb\n", "b\na"],
    [{ word: "sorted", wanted: true }, [1, 2, 10], [2, 10, 1]],
    [{ word: "length", of: equals(2) }, "aé", "aaé"],
    [{ word: "length", of: { word: "min", value: 1 } }, ["x"], []],
    [{ word: "any", of: equals("a") }, ["b", "a"], ["b"]],
    [{ word: "all", of: { word: "matches", pattern: "^a" } }, ["a", "ab"], ["a", "b"]],
    [{ word: "none", of: equals("a") }, ["b"], ["a", "b"]],
    [{ word: "since", ms: 3_600_000 }, NOW / 1_000 - 3_599, NOW / 1_000 - 3_601],
    [
      {
        word: "every",
        of: [
          { word: "min", value: 1 },
          { word: "max", value: 2 },
        ],
      },
      2,
      3,
    ],
    [{ word: "json", path: "a.b[0]", of: equals(3) }, '{"a":{"b":[3]}}', '{"a":{"b":[]}}'],
    [{ word: "json", path: "[1]", of: equals(null) }, "[1,null]", "nonsense"],
    [{ word: "json", path: "constructor", of: { word: "not", of: equals(1) } }, '{"constructor":2}', "{}"],
    [{ word: "yaml", path: '["a.b"].c', of: equals("x") }, "a.b:\n  c: x\n", "a: {b: {c: x}}"],
    [{ word: "ini", path: "server.port", of: equals("80") }, "x=1\n[server]\nport = 80\n", "[server]\nport=81"],
    [{ word: "key", path: "server", of: { word: "contains", value: "nginx" } }, { server: "nginx/1" }, {}],
  ])("%j holds of %j and not of %j", (matcher, good, bad) => {
    expect([verdict(matcher, good), verdict(matcher, bad)]).toEqual(["pass", "fail"]);
  });

  it("holds of nothing that is not there, not even as a `not`", () => {
    const matcher: Matcher = { word: "not", of: equals("0777") };
    expect(judge(matcher, none("there is no /x"), NOW)).toEqual({
      ...{ verdict: "fail", expected: 'not "0777"', found: "there is no /x" },
    });
  });

  it("never passes what could not be told", () => {
    expect(judge(equals(true), untold("nobody may look"), NOW)).toEqual({
      verdict: "unknown",
      reason: "nobody may look",
    });
  });

  it("tells what was expected, what was found, and where they part", () => {
    expect(of(equals("a\nb\nc"), "a\nB\nc")).toEqual({
      ...{ verdict: "fail", expected: '"a\\nb\\nc"', found: '"a\\nB\\nc"' },
      difference: "line 2:\n- b\n+ B",
    });
    expect(of(equals(["a", "b"]), ["b", "c"])).toMatchObject({ difference: 'missing: "a"\nnot wanted: "c"' });
    expect(of({ word: "containsAll", values: ["x", "y"] }, "x")).toMatchObject({ difference: 'missing: "y"' });
    expect(of({ word: "json", path: "a", of: { word: "min", value: 2 } }, '{"a":1}')).toMatchObject({
      ...{ expected: "a: at least 2", found: "a: 1" },
    });
    expect(of({ word: "contains", value: "y" }, "x".repeat(5_000))).toMatchObject({
      found: expect.stringMatching(/^.{200}… \(5002 characters\)$/),
    });
  });

  it("is unknown where an expression explodes, whatever is around it", () => {
    const explodes: Matcher = { word: "matches", pattern: "^(a+)+$" };
    const text = `${"a".repeat(40)}!`;
    const reason = "the expression /^(a+)+$/ takes too long to tell";
    expect(of(explodes, text)).toEqual({ verdict: "unknown", reason });
    expect(of({ word: "not", of: explodes }, text)).toEqual({ verdict: "unknown", reason });
    expect(of({ word: "none", of: explodes }, [text])).toEqual({ verdict: "unknown", reason });
    expect(matches("^a", "abc")).toBe(true);
  });

  it("waits no longer for an expression that explodes at each item of a list than for a few", () => {
    const texts = Array.from({ length: 10_000 }, (_, at) => `${"a".repeat(40)}${at}!`);
    const patience = patienceForOne();
    const begun = texts.filter((text) => matches("^(a+)+$", text, patience) === "late" && patience.leftMs > 0);
    expect(begun.length).toBeLessThan(20);
    expect(verdict({ word: "all", of: { word: "matches", pattern: "^(a+)+$" } }, texts)).toBe("unknown");
    expect(verdict({ word: "all", of: { word: "matches", pattern: "^a+\\d+!$" } }, texts.slice(0, 1_000))).toBe("pass");
    expect(verdict({ word: "any", of: { word: "matches", pattern: "^(a+)+$" } }, ["a", ...texts])).toBe("pass");
  });

  it("fails of data that goes deeper than anybody goes, and does not go after it", () => {
    const deep = `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
    for (const of of [equals("x"), { word: "not", of: equals([]) } as const]) {
      expect(judge({ word: "json", path: "a", of }, found(deep), NOW)).toMatchObject({
        ...{ verdict: "fail", found: "it goes deeper than 100 levels" },
      });
    }
    expect(verdict({ word: "yaml", path: "a", of: equals("x") }, deep)).toBe("fail");
    expect(verdict({ word: "json", path: "a[0]", of: equals([[]]) }, '{"a":[[[]]]}')).toBe("pass");
  });

  it("repeats nothing of a text that is no data", () => {
    const texts = ['a"b hunter2 "c', 'hunter2: "x', "{a: *hunter2}", '{"a": hunter2}', "hunter2", "a: b: hunter2"];
    for (const word of ["json", "yaml", "ini"] as const) {
      for (const text of texts)
        expect(JSON.stringify(of({ word, path: "x.y", of: equals(1) }, text))).not.toContain("hunter");
    }
    expect(of({ word: "json", path: "a", of: equals(1) }, '{"a" 1}')).toMatchObject({
      found: expect.stringMatching(/^it is no JSON: .* at position 5/),
    });
  });

  it("names a few of the many items that are not as they should be", () => {
    const many = Array.from({ length: 100_000 }, (_, at) => `item ${at}`);
    for (const matcher of [equals(["item 0"]), { word: "all", of: equals("item 0") }] satisfies Matcher[]) {
      const judged = of(matcher, many);
      expect(judged.verdict === "fail" && judged.difference).toMatch(/"item 20" and 99979 more$/);
    }
  });
});
