import { expect, it } from "vitest";
import { watchPresence } from "./presence.ts";
import { leapingClock } from "./test/clock.ts";

const HOUR = 3_600_000;

it("misses nothing while time passes as it should, however seldom anybody asks", async () => {
  const clock = leapingClock();
  const presence = watchPresence(clock);
  for (let hour = 0; hour < 5; hour++) await clock.advance(HOUR);
  expect(presence.missedMs()).toBe(0);
  presence.stop();
});

it("notices that the machine slept, whether its own beat or somebody's question comes first", async () => {
  const asked = leapingClock();
  const presence = watchPresence(asked);
  asked.leap(HOUR);
  expect(presence.missedMs()).toBe(HOUR - 30_000);
  const beaten = leapingClock();
  const another = watchPresence(beaten);
  await beaten.advance(10_000);
  beaten.leap(HOUR);
  await beaten.advance(20_000);
  expect(another.missedMs()).toBe(HOUR);
});

it("counts a sleep once, and again when there is another", async () => {
  const clock = leapingClock();
  const presence = watchPresence(clock);
  clock.leap(HOUR);
  presence.counted(presence.missedMs());
  expect(presence.missedMs()).toBe(0);
  clock.leap(2 * HOUR);
  expect(presence.missedMs()).toBe(2 * HOUR - 30_000);
});

it("takes no short delay and no clock that goes back for a sleep", async () => {
  const clock = leapingClock();
  const presence = watchPresence(clock);
  clock.leap(120_000);
  expect(presence.missedMs()).toBe(0);
  clock.leap(-HOUR);
  expect(presence.missedMs()).toBe(0);
  await clock.advance(HOUR);
  expect(presence.missedMs()).toBe(0);
});

it("stops when it is told to", async () => {
  const clock = leapingClock();
  const presence = watchPresence(clock);
  presence.stop();
  expect(clock.waiting()).toBe(0);
});
