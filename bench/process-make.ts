import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processType } from "@muster/provider-process";
import { endAllOf, pidsOf } from "./ending.ts";
import { keepBench, SLEEPER, sleepersOf } from "./keeping.ts";
import { inFolder } from "./place.ts";
import { median, type Row, round } from "./table.ts";

const COUNT = 200;
const WARM_UP = 1;
const ROUNDS = 9;
/** A bare loop starts so many at once. Which of them is the faster one differs from machine to machine. */
const AT_ONCE = [1, 16];

/** 200 processes from the first look to converged, beside a bare loop that spawns the same program. */
export async function processMake(): Promise<readonly Row[]> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    ours.push(await inFolder(timeMaking));
    const loops: number[] = [];
    for (const atOnce of AT_ONCE) loops.push(await timeBareLoop(atOnce));
    bare.push(Math.min(...loops));
  }
  const [mine, theirs] = [ours.slice(WARM_UP), bare.slice(WARM_UP)];
  return [
    {
      what: `${COUNT} processes, look to converged, all running`,
      ours: `${round(median(mine))} ms`,
      compared: `bare spawn of the same program, in sequence or 16 at once, whichever is faster: ${round(median(theirs))} ms`,
      // Each round beside its own bare loop: what slows the machine down meets both.
      figure: median(mine.map((time, round) => time / (theirs[round] ?? Number.NaN))),
      bound: 1.5,
      unit: "times",
    },
  ];
}

async function timeMaking(folder: string): Promise<number> {
  const kept = await keepBench(folder, { type: processType, settings: { dir: join(folder, "processes") } });
  try {
    const start = performance.now();
    const { generation } = await kept.keeper.commit(sleepersOf(COUNT), "bench", "bench");
    await kept.converged(generation);
    // They are known from the moment their leaders live; what is declared is to run.
    while (sleeping(folder) < COUNT) await sleep(1);
    return performance.now() - start;
  } finally {
    await kept.close();
    endAllOf(folder);
  }
}

/** How many of the folder's processes have become the program that is declared. */
function sleeping(folder: string): number {
  return pidsOf(folder, "sleep").length;
}

/** Each is started as Muster starts one: in a session of its own, and nobody holds its output. */
async function timeBareLoop(atOnce: number): Promise<number> {
  const children: ChildProcess[] = [];
  const one = async () => {
    const child = spawn(SLEEPER.command, SLEEPER.args, { cwd: "/", detached: true, stdio: "ignore" });
    children.push(child);
    await once(child, "spawn");
  };
  const start = performance.now();
  while (children.length < COUNT) {
    await Promise.all(Array.from({ length: Math.min(atOnce, COUNT - children.length) }, one));
  }
  const time = performance.now() - start;
  await Promise.all(children.map(ended));
  return time;
}

async function ended(child: ChildProcess): Promise<void> {
  const end = once(child, "exit");
  child.kill("SIGKILL");
  await end;
}
