import type { Verdict } from "@muster/model";
import { expect, it } from "vitest";
import { streaks } from "./streaks.ts";

const fail: Verdict = { kind: "fail", reason: "no" };

it("is neither lengthened nor ended by what nobody could tell", () => {
  const streak = streaks();
  const unknown: Verdict = { kind: "unknown", reason: "?" };
  expect(streak.judge("a", fail, 2).kind).toBe("unknown");
  expect(streak.judge("a", unknown, 2)).toEqual(unknown);
  expect(streak.judge("a", fail, 2)).toEqual(fail);
});

it("remembers so many and no more: those that have not failed for longest are forgotten", () => {
  const streak = streaks(2);
  for (const key of ["gone", "a", "b", "a"]) streak.judge(key, fail, 3);
  expect(streak.judge("a", fail, 3)).toEqual(fail);
  for (let i = 0; i < 2; i++) streak.judge("gone", fail, 3);
  expect(streak.judge("gone", fail, 3)).toEqual(fail);
  expect(streak.judge("b", fail, 3).kind).toBe("unknown");
});
