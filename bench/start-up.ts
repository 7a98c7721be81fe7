import { spawnSync } from "node:child_process";
import { buildCommand } from "./built.ts";
import { documentOf } from "./keeping.ts";
import { inFolder } from "./place.ts";
import { BIN, environment, startServing } from "./serving.ts";
import { median, type Row, round } from "./table.ts";

const ROUNDS = 21;
const BOUND = 2.5;

/** Whole commands as a shell starts them, beside a Node that does nothing; interleaved, so that noise meets both. */
export function startUp(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const serving = await startServing(folder, documentOf(1));
    try {
      const built = buildCommand(folder);
      return [
        compare("`muster --help`", [built, "--help"], folder),
        compare("`muster group ls`", [built, "group", "ls"], folder),
        compare("`muster --help`, from source", [BIN, "--help"], folder),
        compare("`muster group ls`, from source", [BIN, "group", "ls"], folder),
      ];
    } finally {
      await serving.end();
    }
  });
}

function compare(what: string, args: readonly string[], folder: string): Row {
  const ours: number[] = [];
  const bare: number[] = [];
  time(args, folder);
  for (let index = 0; index < ROUNDS; index++) {
    ours.push(time(args, folder));
    bare.push(time(["-e", "0"], folder));
  }
  const [slow, fast] = [median(ours), median(bare)];
  return {
    what,
    ours: `${round(slow)} ms`,
    compared: `\`node -e 0\`: ${round(fast)} ms`,
    figure: slow / fast,
    bound: BOUND,
    unit: "times",
  };
}

function time(args: readonly string[], folder: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env: environment(folder), encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}
