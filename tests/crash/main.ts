/** `npm run test:crash`: kills Muster with -9 at random moments, 200 times, and says what was lost. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { MUSTER, type Report, runCrashes, textOf } from "./run.ts";

const USAGE = `Kills \`muster serve\` with -9 at random moments while people order, and inspects what is left.

  --kills N      so many times (default 200)
  --seed S       the same orders and delays again (default: another each time)
  --muster FILE  the command to kill (default: packages/cli/bin/muster.js)
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "200" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      muster: { type: "string", default: MUSTER },
      help: { type: "boolean", default: false },
    },
  });
  const kills = Number(values.kills);
  if (values.help || !Number.isInteger(kills) || kills < 1) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  process.stdout.write(`seed ${values.seed}, ${kills} kills\n`);
  const report = await runCrashes(values.seed, kills, resolve(values.muster));
  process.stdout.write(`${textOf(report)}${closingLine(report)}`);
  return report.lanes.every(({ faults }) => faults.length === 0) ? 0 : 1;
}

/** As a test run ends. A house ends with the first kill that something is wrong after. */
function closingLine({ lanes }: Report): string {
  const failed = lanes.filter(({ faults }) => faults.length > 0).length;
  const kills = lanes.flatMap((lane) => Object.values(lane.kills)).reduce((sum, count) => sum + count, 0);
  return `${Math.max(0, kills - failed)} passed, ${failed} failed\n`;
}
