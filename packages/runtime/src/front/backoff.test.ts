import { expect, it } from "vitest";
import { heldClock } from "../test/clock.ts";
import { backingOff } from "./backoff.ts";

const error = new Error("no luck");

it("lets what failed be tried again later each time, and at once when it went well", async () => {
  const clock = heldClock();
  const backoff = backingOff(clock);
  backoff.confirmDue();
  for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    backoff.failed(error);
    await clock.advance(waitMs - 1);
    expect(() => backoff.confirmDue()).toThrow(error);
    await clock.advance(1);
    backoff.confirmDue();
  }
  backoff.failed(error);
  backoff.over();
  backoff.confirmDue();
  expect(backoff.until()).toBeUndefined();
});

it("holds back the same thing, and no other", () => {
  const backoff = backingOff(heldClock());
  backoff.failed(error, "one");
  expect(() => backoff.confirmDue("one")).toThrow(error);
  backoff.confirmDue("another");
});
