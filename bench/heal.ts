import { mkdirSync, renameSync, rmSync, unlinkSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { appearance, namesIn } from "./appearance.ts";
import { documentOf, instancesIn, keepBench } from "./keeping.ts";
import { inFolder } from "./place.ts";
import { median, type Row, round } from "./table.ts";

const SIZES = [1, 100, 1_000];
const TIMES = 40;

/** From the deletion of a file until its replacement is in the directory, beside a bare loop that watches and writes. */
export async function heal(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const size of SIZES) {
    const ours = await inFolder((folder) => timeHealing(folder, size));
    const bare = await inFolder((folder) => timeBareLoop(folder, size));
    rows.push({
      what: `deleted file → replacement there, median, ${size} instances`,
      ours: `${round(ours)} ms`,
      compared: `bare watch and write: ${round(bare)} ms`,
      figure: ours,
      bound: 15,
      unit: "ms",
    });
  }
  return rows;
}

async function timeHealing(folder: string, size: number): Promise<number> {
  const kept = await keepBench(folder);
  const { generation } = await kept.keeper.commit(documentOf(size), "bench", "bench");
  await kept.converged(generation);
  const times = await timeReplacements(instancesIn(folder));
  await kept.close();
  return median(times);
}

async function timeBareLoop(folder: string, size: number): Promise<number> {
  const directory = join(folder, "bare");
  mkdirSync(directory);
  let next = 0;
  const write = () => {
    const name = `instance-${next++}`;
    writeFileSync(join(directory, `.${name}`), "{}");
    renameSync(join(directory, `.${name}`), join(directory, name));
  };
  for (let made = 0; made < size; made++) write();
  const watcher = watch(directory, () => {
    if (namesIn(directory).length < size) write();
  });
  const times = await timeReplacements(directory);
  watcher.close();
  rmSync(directory, { recursive: true });
  return median(times);
}

async function timeReplacements(directory: string): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < TIMES; round++) {
    await quiet();
    const [victim] = namesIn(directory);
    if (victim === undefined) throw new Error("there is nothing to delete");
    const start = performance.now();
    const replaced = appearance(directory);
    unlinkSync(join(directory, victim));
    times.push((await replaced) - start);
  }
  return times;
}

/** Time for what the last replacement still has to do, so that rounds do not overlap. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30));
}
