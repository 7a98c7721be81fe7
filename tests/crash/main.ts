/** `npm run test:crash`: kills Muster with -9 at random moments, 200 times, and says what was lost. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { MUSTER, runCrashes, textOf } from "./run.ts";

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
  process.stdout.write(textOf(report));
  return report.lanes.every(({ faults }) => faults.length === 0) ? 0 : 1;
}
