import { expect, it } from "vitest";
import { runCrashes, textOf } from "./run.ts";

const KILLS = 20;

/** All 200: `npm run test:crash`. */
it(`loses nothing, makes nothing twice and orphans nothing over ${KILLS} kills`, { timeout: 180_000 }, async () => {
  const report = await runCrashes(String(Date.now() % 1_000_000), KILLS);
  expect(
    report.lanes.flatMap(({ faults }) => faults),
    textOf(report),
  ).toEqual([]);
  const done = report.lanes.map(({ acknowledged, events }) => Math.min(acknowledged, events));
  expect(Math.min(...done)).toBeGreaterThan(0);
});
