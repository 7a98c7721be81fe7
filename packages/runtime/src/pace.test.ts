import { expect, it } from "vitest";
import { pace } from "./pace.ts";
import { heldClock, leapingClock } from "./test/clock.ts";

const HOUR = 3_600_000;

/** A pacer whose passes take so long, and ask for the next one after so long. */
function paced(lastsMs: number, againMs = HOUR) {
  const clock = heldClock();
  const passes: number[] = [];
  const pacer = pace(async () => {
    passes.push(clock.now());
    if (lastsMs > 0) await new Promise<void>((resolve) => clock.after(lastsMs, resolve));
    return clock.now() + againMs;
  }, clock);
  return { clock, passes, pacer };
}

it("makes one pass of any number of wakes", async () => {
  const { clock, passes, pacer } = paced(0);
  for (let wake = 0; wake < 1_000; wake++) pacer.wake();
  await clock.advance(10);
  expect(passes).toEqual([0]);
});

it("makes one more pass for the wakes that came during a pass, after a rest as long as the pass", async () => {
  const { clock, passes, pacer } = paced(40);
  pacer.wake();
  await clock.advance(10);
  for (let wake = 0; wake < 1_000; wake++) pacer.wake();
  await clock.advance(1_000);
  expect(passes).toEqual([0, 80]);
});

it("does not rest when it must hurry, and never longer than a second", async () => {
  const hurried = paced(40);
  hurried.pacer.wake();
  await hurried.clock.advance(10);
  hurried.pacer.hurry();
  await hurried.clock.advance(100);
  expect(hurried.passes).toEqual([0, 40]);
  const slow = paced(20_000);
  slow.pacer.wake();
  await slow.clock.advance(10);
  slow.pacer.wake();
  await slow.clock.advance(21_500);
  expect(slow.passes).toEqual([0, 21_000]);
});

it("makes a pass by itself when the last one asked for it", async () => {
  const { clock, passes, pacer } = paced(0, 500);
  pacer.wake();
  await clock.advance(1_200);
  expect(passes).toEqual([0, 500, 1_000]);
});

it("begins nothing after it was stopped, and waits for the pass that runs", async () => {
  const { clock, passes, pacer } = paced(40);
  pacer.wake();
  await clock.advance(10);
  let stopped = false;
  const stopping = pacer.stop().then(() => {
    stopped = true;
  });
  pacer.wake();
  pacer.hurry();
  await clock.advance(10);
  expect(stopped).toBe(false);
  await clock.advance(HOUR);
  await stopping;
  expect(passes).toEqual([0]);
});

it("is woken within a second though the clock was set back meanwhile", async () => {
  const clock = leapingClock();
  let passes = 0;
  const pacer = pace(async () => {
    passes++;
    return clock.now() + HOUR;
  }, clock);
  pacer.wake();
  await clock.advance(10);
  clock.leap(-HOUR);
  pacer.wake();
  await clock.advance(1_000);
  expect(passes).toBe(2);
});
