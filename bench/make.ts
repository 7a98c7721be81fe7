import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentOf, instancesIn, type Kept, keepBench } from "./keeping.ts";
import { inFolder } from "./place.ts";
import { median, type Row, round } from "./table.ts";

const COUNT = 1_000;
/** The first rounds pay for loading and compiling, which start-up is measured by. */
const WARM_UP = 5;
const ROUNDS = 21;

/** 1000 instances from the first look to converged, beside writing and renaming the same files in a bare loop. */
export async function make(): Promise<readonly Row[]> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    await inFolder(async (folder) => {
      const kept = await keepBench(folder);
      ours.push(await timeMaking(kept));
      bare.push(timeBareLoop(instancesIn(folder), join(folder, "bare")));
      await kept.close();
    });
  }
  const [fast, slow] = [median(ours.slice(WARM_UP)), median(bare.slice(WARM_UP))];
  return [
    {
      what: `${COUNT} \`instance-file\` instances, look to converged`,
      ours: `${round(fast)} ms`,
      compared: `bare write and rename of the same files: ${round(slow)} ms`,
      // Each round beside its own bare loop: what slows the machine down meets both.
      figure: median(ours.slice(WARM_UP).map((mine, round) => mine / (bare[WARM_UP + round] ?? Number.NaN))),
      bound: 3,
      unit: "times",
    },
  ];
}

async function timeMaking({ keeper, converged }: Kept): Promise<number> {
  const start = performance.now();
  const { generation } = await keeper.commit(documentOf(COUNT), "bench", "bench");
  await converged(generation);
  return performance.now() - start;
}

function timeBareLoop(like: string, folder: string): number {
  const files = readdirSync(like)
    .filter((name) => !name.startsWith("."))
    .map((name) => ({ name, content: readFileSync(join(like, name)) }));
  if (files.length !== COUNT) throw new Error(`${files.length} files were made, ${COUNT} expected`);
  mkdirSync(folder);
  const start = performance.now();
  for (const { name, content } of files) {
    const temporary = join(folder, `.${name}`);
    writeFileSync(temporary, content);
    renameSync(temporary, join(folder, name));
  }
  return performance.now() - start;
}
