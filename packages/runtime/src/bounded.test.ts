import { expect, it } from "vitest";
import { bounded } from "./bounded.ts";

it("runs at most so many at once, in order, and a failure makes way", async () => {
  const limit = bounded(3);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      limit(async () => {
        begun.push(index);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        if (index % 5 === 0) throw new Error(`no ${index}`);
        return index;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(begun).toEqual(begun.toSorted((a, b) => a - b));
  expect(results.map(({ status }) => status).filter((status) => status === "rejected")).toHaveLength(4);
  expect(await limit(async () => "after")).toBe("after");
});
