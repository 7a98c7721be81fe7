import { describe, expect, it } from "vitest";
import { traceOf } from "../trace.ts";
import { simulateEngine } from "./simulate.ts";

const SEEDS = 2_000;
/** Beyond those: each has shown a defect of the engine, or of what it was held to. */
const TELLING = [4290, 9498, 22333, 36591, 43039, 43801];

describe("the production engine alone in a simulated world", () => {
  it(`keeps the invariants over ${SEEDS} seeds of faults, crashes and people`, () => {
    const failed: string[] = [];
    for (const seed of [...Array.from({ length: SEEDS }, (_, index) => index + 1), ...TELLING]) {
      const [first] = simulateEngine(String(seed)).violations;
      if (first !== undefined) failed.push(`--engine --seed ${seed}: ${first.invariant}: ${first.detail}`);
    }
    expect(failed).toEqual([]);
  }, 120_000);

  it("gives the same run for the same seed, and another for another", async () => {
    const one = await traceOf("7", simulateEngine);
    expect(one.length).toBeGreaterThan(20);
    expect(await traceOf("7", simulateEngine)).toEqual(one);
    expect(await traceOf("8", simulateEngine)).not.toEqual(one);
  });
});
