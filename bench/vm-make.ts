import { endAllOf } from "./ending.ts";
import { keepBench } from "./keeping.ts";
import { buildShelf, kindIn, machinesOf, type Shelf, timeBoot, timeBoots } from "./machines.ts";
import { inFolder } from "./place.ts";
import { median, type Row, round } from "./table.ts";

const WARM_UP = 1;

/** One machine from what is declared to a group that says it is ready, beside booting the same guest by hand. */
export function vmMake(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const shelf = await buildShelf(folder);
    const times = await inTurns(
      21,
      () => timeMaking(shelf, 1),
      () => timeBoot(shelf),
    );
    return [
      {
        what: "a unikernel, from declared to healthy, median of 21",
        ours: `${round(median(times.ours))} ms`,
        compared: `\`qemu-system-x86_64\` by hand until it answers: ${round(median(times.bare))} ms`,
        figure: ratioOf(times),
        bound: 1.5,
        unit: "times",
      },
    ];
  });
}

const MANY = 20;
/** By hand one starts so many at once. Which of them is the faster one differs from machine to machine. */
const AT_ONCE = [4, MANY];

/** The same of twenty. */
export function vmTwenty(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const shelf = await buildShelf(folder);
    const byHand = async () => {
      const loops: number[] = [];
      for (const atOnce of AT_ONCE) loops.push(await timeBoots(shelf, MANY, atOnce));
      return Math.min(...loops);
    };
    const times = await inTurns(9, () => timeMaking(shelf, MANY), byHand);
    return [
      {
        what: `${MANY} unikernels, from declared to all healthy, median of 9`,
        ours: `${round(median(times.ours))} ms`,
        compared: `the same by hand, ${AT_ONCE.join(", ")} at once, whichever is fastest: ${round(median(times.bare))} ms`,
        figure: ratioOf(times),
        bound: 1.3,
        unit: "times",
      },
    ];
  });
}

export interface Times {
  readonly ours: readonly number[];
  readonly bare: readonly number[];
}

/** One of ours, one by hand, and so on. */
export async function inTurns(
  rounds: number,
  ours: () => Promise<number>,
  bare: () => Promise<number>,
): Promise<Times> {
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < WARM_UP + rounds; round++) {
    const [mine, theirs] = [await ours(), await bare()];
    if (round < WARM_UP) continue;
    times.ours.push(mine);
    times.bare.push(theirs);
  }
  return times;
}

/** Each beside the one by hand that followed it: what slows the machine down meets both. */
export function ratioOf({ ours, bare }: Times): number {
  return median(ours.map((time, index) => time / (bare[index] ?? Number.NaN)));
}

function timeMaking(shelf: Shelf, size: number): Promise<number> {
  return inFolder(async (folder) => {
    const kept = await keepBench(folder, kindIn(folder, shelf));
    try {
      const start = performance.now();
      const { generation } = await kept.keeper.commit(machinesOf(size), "bench", "bench");
      await kept.converged(generation);
      return performance.now() - start;
    } finally {
      await kept.close();
      endAllOf(folder);
    }
  });
}
