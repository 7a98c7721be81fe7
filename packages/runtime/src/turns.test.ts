import { expect, it } from "vitest";
import { inTurn } from "./turns.ts";

it("runs one after another, and a failure holds up nobody", async () => {
  const serially = inTurn();
  const told: string[] = [];
  const first = Promise.withResolvers<void>();
  const slow = serially(async () => {
    await first.promise;
    told.push("slow");
  });
  const broken = serially(async () => {
    told.push("broken");
    throw new Error("no");
  });
  const last = serially(async () => told.push("last"));
  first.resolve();
  await expect(broken).rejects.toThrow("no");
  await Promise.all([slow, last]);
  expect(told).toEqual(["slow", "broken", "last"]);
});
