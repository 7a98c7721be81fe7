import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { endAllOf, pidsOf } from "./ending.ts";
import { type Kept, keepBench } from "./keeping.ts";
import { buildShelf, kindIn, machinesOf, type Shelf, timeBoot } from "./machines.ts";
import { inFolder } from "./place.ts";
import { median, type Row, round } from "./table.ts";
import { inTurns, ratioOf } from "./vm-make.ts";

/** Whoever dies again and again in one group is made anew later and later: so each round has a group of its own. */
const ROUNDS = 15;
/** Time for what the first machine still has to do, in milliseconds. */
const QUIET_MS = 300;
const PATIENCE_MS = 60_000;

/** From the end of a guest until its replacement is healthy, beside booting the same guest by hand. */
export function vmHeal(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const shelf = await buildShelf(folder);
    // One that has panicked stands there, and has to be ended first.
    return [await compare(shelf, "QEMU killed with -9", kill, 1.5), await compare(shelf, "guest panics", panic, 2)];
  });
}

/** A machine, as the bench has to do with it. */
interface Victim {
  readonly pid: number;
  /** That leads to its guest. */
  readonly port: string;
}

function kill({ pid }: Victim): void {
  process.kill(pid, "SIGKILL");
}

/** Nobody answers this. */
function panic({ port }: Victim): void {
  const request = get({ host: "127.0.0.1", port, path: "/panic", agent: false });
  request.on("error", () => undefined);
}

async function compare(shelf: Shelf, what: string, end: (victim: Victim) => void, bound: number): Promise<Row> {
  const times = await inTurns(
    ROUNDS,
    () => timeHealing(shelf, end),
    () => timeBoot(shelf),
  );
  return {
    what: `${what} → healthy replacement, median of ${ROUNDS}`,
    ours: `${round(median(times.ours))} ms`,
    compared: `one boot by hand: ${round(median(times.bare))} ms`,
    figure: ratioOf(times),
    bound,
    unit: "times",
  };
}

function timeHealing(shelf: Shelf, end: (victim: Victim) => void): Promise<number> {
  return inFolder(async (folder) => {
    const kept = await keepBench(folder, kindIn(folder, shelf));
    try {
      const { generation } = await kept.keeper.commit(machinesOf(1), "bench", "bench");
      await kept.converged(generation);
      await sleep(QUIET_MS);
      return await timeReplacement(kept, end);
    } finally {
      await kept.close();
      endAllOf(folder);
    }
  });
}

async function timeReplacement({ keeper, changed }: Kept, end: (victim: Victim) => void): Promise<number> {
  const group = "cattle";
  const [seen] = keeper.seen(group);
  const [pid] = seen === undefined ? [] : pidsOf(seen.id, "qemu-system-x86");
  if (pid === undefined || seen?.mark.port === undefined) throw new Error("there is no machine to end");
  const isReplaced = () => keeper.members(group).some(({ state, id }) => state === "ready" && id !== seen.id);
  const start = performance.now();
  end({ pid, port: seen.mark.port });
  while (!isReplaced()) {
    await Promise.race([changed(), sleep(PATIENCE_MS, undefined, { ref: false })]);
    if (performance.now() - start > PATIENCE_MS) throw new Error("the machine that was ended has no replacement");
  }
  return performance.now() - start;
}
