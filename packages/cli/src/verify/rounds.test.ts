import { expect, it } from "vitest";
import { openRounds } from "./rounds.ts";

it("asks once for all who come while it asks, and once more when what was told holds no longer", async () => {
  let [asked, now] = [0, 0];
  const gates: (() => void)[] = [];
  const rounds = openRounds(
    async () => {
      asked += 1;
      const told = asked;
      await new Promise<void>((resolve) => gates.push(resolve));
      return told;
    },
    5_000,
    () => now,
  );
  const waiting = [rounds.latest(), rounds.latest(), rounds.latest()];
  gates.shift()?.();
  expect(await Promise.all(waiting)).toEqual([1, 1, 1]);
  now = 4_999;
  expect(await rounds.latest()).toBe(1);
  now = 5_000;
  const next = rounds.latest();
  gates.shift()?.();
  expect([await next, asked]).toEqual([2, 2]);
});

it("tells who waited that a round failed, and asks again for the next one", async () => {
  let asked = 0;
  const ask = async () => {
    asked += 1;
    if (asked === 1) throw new Error("nobody there");
    return asked;
  };
  const rounds = openRounds(ask, 5_000, () => 0);
  await expect(Promise.all([rounds.latest(), rounds.latest()])).rejects.toThrow("nobody there");
  expect(await rounds.latest()).toBe(2);
});

it("asks again where the clock was set back: nobody knows how old it is what was told", async () => {
  let [asked, now] = [0, 1_000_000];
  const rounds = openRounds(
    async () => ++asked,
    5_000,
    () => now,
  );
  expect([await rounds.latest(), await rounds.latest()]).toEqual([1, 1]);
  now = 0;
  expect(await rounds.latest()).toBe(2);
});
