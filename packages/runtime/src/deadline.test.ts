import { expect, it } from "vitest";
import { atMost, withDeadline } from "./deadline.ts";
import { heldClock } from "./test/clock.ts";

const never = new Promise<never>(() => undefined);

it("gives what came in time, and an unknown failure for what did not", async () => {
  const clock = heldClock();
  await expect(withDeadline(Promise.resolve(7), 100, clock, "it did not answer")).resolves.toBe(7);
  const late = expect(withDeadline(never, 100, clock, "it did not answer")).rejects.toMatchObject({
    kind: "unknown",
    message: "it did not answer within 0.1 s",
  });
  await clock.advance(100);
  await late;
});

it("waits no longer than it was told, and hears of a failure", async () => {
  const clock = heldClock();
  const waiting = atMost(100, never, clock);
  await clock.advance(100);
  await waiting;
  await expect(atMost(100, Promise.reject(new Error("broken")), clock)).rejects.toThrow("broken");
});
