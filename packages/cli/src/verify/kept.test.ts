import type { Report, Result } from "@muster/checks";
import { isObject } from "@muster/model";
import { expect, it } from "vitest";
import { keptOf } from "./kept.ts";

const result = (n: number, verdict: Result["verdict"], found = "b"): Result => {
  const about = { kind: "file", subject: `/${n}`, property: "size", target: "local" };
  return verdict === "fail" ? { ...about, verdict, expected: "a", found } : { ...about, verdict };
};

function kept(results: readonly Result[]): { readonly left: readonly unknown[]; readonly summary: unknown } {
  const counts = { pass: 0, fail: 0, unknown: 0 };
  const report: Report = { results, counts, at: 1, rounds: 1, tookMs: 2 };
  const { report: whole, summary } = keptOf({ subject: "shop", report });
  const left = isObject(whole) ? whole["results"] : undefined;
  return { left: Array.isArray(left) ? left : [], summary };
}

it("keeps a report whole, and leaves out those that pass first where they are too many", () => {
  expect(kept([result(1, "pass"), result(2, "fail")])).toMatchObject({
    ...{ left: [{ subject: "/1" }, { subject: "/2" }], summary: { tookMs: 2 } },
  });
  const many = [...Array.from({ length: 6_000 }, (_, n) => result(n, "pass")), result(6_001, "fail")];
  const { left, summary } = kept(many);
  expect([left.length, summary]).toEqual([5_000, expect.objectContaining({ leftOut: 1_001 })]);
  expect(left[0]).toMatchObject({ subject: "/6001", verdict: "fail" });
});

it("keeps no more than some MiB, whatever was found", () => {
  const { left } = kept(Array.from({ length: 100 }, (_, n) => result(n, "fail", "x".repeat(100_000))));
  expect(left.length).toBeGreaterThan(10);
  expect(JSON.stringify(left).length).toBeLessThanOrEqual(4_194_304);
});

it("keeps nothing of what was found in contents", () => {
  const about = { kind: "file", subject: "/token", property: "content", target: "local" };
  const { left } = kept([{ ...about, verdict: "fail", expected: '"a"', found: '"hunter2"', difference: "+ hunter2" }]);
  expect(left).toEqual([{ ...about, verdict: "fail", expected: '"a"', found: "another text" }]);
});
