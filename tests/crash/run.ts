/** A whole run: several houses side by side, because one Muster's start-up is most of the time and needs one core. */
import { join } from "node:path";
import { type LaneReport, type Moment, runLane } from "./lane.ts";

const LANES = 2;

export const MUSTER = join(import.meta.dirname, "../../packages/cli/bin/muster.js");

export interface Report {
  readonly seed: string;
  readonly kills: number;
  readonly seconds: number;
  readonly lanes: readonly LaneReport[];
}

/** @param command the file of the command `muster`: another one than this clone's can be tried */
export async function runCrashes(seed: string, kills: number, command = MUSTER): Promise<Report> {
  const began = performance.now();
  const enough = new AbortController();
  const lanes = await Promise.all(
    Array.from({ length: LANES }, async (_, lane) => {
      const share = Math.floor(kills / LANES) + (lane < kills % LANES ? 1 : 0);
      const report = await runLane(`${seed}/${lane}`, share, command, enough.signal);
      if (report.faults.length > 0) enough.abort();
      return report;
    }),
  );
  return { seed, kills, seconds: (performance.now() - began) / 1000, lanes };
}

/** One line when all is well; else all that a person needs to find out. */
export function textOf(report: Report): string {
  const failed = report.lanes.filter(({ faults }) => faults.length > 0);
  return failed.length === 0 ? summaryOf(report) : failed.map((lane) => explain(lane, report)).join("\n");
}

function summaryOf({ seed, seconds, lanes }: Report): string {
  const sum = (count: (lane: LaneReport) => number) => lanes.reduce((all, lane) => all + count(lane), 0);
  const at = (moment: Moment) => sum(({ kills }) => kills[moment]);
  const total = at("start-up") + at("order") + at("write") + at("bustle") + at("rest");
  return (
    `${total} kills in ${seconds.toFixed(0)} s (seed ${seed}): ${at("start-up")} while it started, ${at("order")} right ` +
    `after an order, ${at("write")} in the middle of writing, ${at("bustle")} while people were busy, ${at("rest")} at rest; ${sum((lane) => lane.acknowledged)} ` +
    `orders acknowledged and kept, ${sum((lane) => lane.unanswered)} unanswered (${sum((lane) => lane.taken)} of them ` +
    `taken, as a whole), ${sum((lane) => lane.events)} events in whole chains\n`
  );
}

function explain({ story, faults, house }: LaneReport, { seed, kills }: Report): string {
  return [
    ...story,
    "",
    ...faults.map((fault) => `wrong: ${fault}`),
    "",
    `Seed ${seed}. Everything lies in ${house.dir} as it was; to read its history:`,
    `  MUSTER_STATE_DIR=${house.dir}/state npx muster events`,
    "Again, with the same orders and delays, though what meets what is the machine's:",
    `  npm run test:crash -- --seed ${seed} --kills ${kills}`,
    "",
  ].join("\n");
}
