import { expect, it } from "vitest";
import { gathered } from "./gathered.ts";

it("answers all who ask in one turn with one look, and the next ones with another", async () => {
  let looks = 0;
  const ask = gathered(() => ++looks);
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  expect(await ask()).toBe(2);
});

it("tells all of them why it failed, and looks anew for the next", async () => {
  let broken = true;
  const ask = gathered(() => {
    if (broken) throw new Error("not readable");
    return "fine";
  });
  const asked = await Promise.allSettled([ask(), ask()]);
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  broken = false;
  expect(await ask()).toBe("fine");
});
