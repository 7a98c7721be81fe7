import type { Seen } from "@muster/engine";
import { PASS, type Verdict } from "@muster/model";
import { expect, it } from "vitest";
import { attention } from "./attention.ts";

const ill: Verdict = { kind: "fail", reason: "it is ill" };

function look(...all: readonly Verdict[]) {
  const members = all.map((_, index) => ({ id: `i-${index}` }) as Seen);
  return { members, verdicts: new Map(all.map((verdict, index) => [`i-${index}`, verdict])) };
}

it("asks now and then where everybody is well", () => {
  const { nextMs } = attention(true);
  expect([nextMs(look(PASS)), nextMs(look(PASS)), nextMs(look())]).toEqual([10_000, 10_000, 10_000]);
});

it("asks at once where somebody is not, and less and less often while nothing changes", () => {
  const { nextMs } = attention(true);
  const waits = Array.from({ length: 9 }, () => nextMs(look(PASS, ill)));
  expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  expect([nextMs(look(PASS, PASS)), nextMs(look(ill, PASS))]).toEqual([10_000, 100]);
});

it("asks those that are far away less often", () => {
  const { nextMs } = attention(false);
  expect([nextMs(look(ill)), nextMs(look(ill)), nextMs(look(PASS))]).toEqual([1_000, 2_000, 10_000]);
});
