import { readFileSync } from "node:fs";
import type { Document } from "@muster/model";
import { endAllOf } from "./ending.ts";
import { documentOf, sleepersOf } from "./keeping.ts";
import { ACCELERATOR, buildShelf, machinesOf } from "./machines.ts";
import { inFolder } from "./place.ts";
import { startServing } from "./serving.ts";
import { type Row, round } from "./table.ts";

const SECONDS = 60;
/** Linux counts processor time in hundredths of a second (USER_HZ). */
const TICKS_PER_SECOND = 100;

interface Case {
  readonly size: number;
  readonly of: string;
  document(size: number): Document;
  /** In MB. */
  readonly rss: number;
  /** What has to be there first below the folder; answers words for `muster serve`. */
  prepare?(folder: string): Promise<readonly string[]>;
}

/** What `muster serve` costs while all its files are as declared. */
export function idle(): Promise<readonly Row[]> {
  return rowsOf([
    { size: 1_000, of: "instances", document: documentOf, rss: 110 },
    { size: 10_000, of: "instances", document: documentOf, rss: 160 },
  ]);
}

/** What `muster serve` costs while all its processes are as declared. */
export function idleProcesses(): Promise<readonly Row[]> {
  return rowsOf([{ size: 200, of: "processes", document: sleepersOf, rss: 130 }]);
}

/** What `muster serve` costs while all its machines are as declared; what its guests cost is theirs. */
export function idleMachines(): Promise<readonly Row[]> {
  const prepare = async (folder: string) => {
    const { images } = await buildShelf(folder);
    return ["--set", `vm.accelerator=${ACCELERATOR}`, "--set", `vm.images=${images}`];
  };
  return rowsOf([{ size: 20, of: "unikernels", document: machinesOf, rss: 120, prepare }]);
}

/** Watched from outside, through /proc. */
async function rowsOf(cases: readonly Case[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const each of cases) {
    const { size, of, rss } = each;
    const { share, megabytes } = await inFolder((folder) => watchIdle(folder, each));
    const what = `\`muster serve\`, converged, idle for ${SECONDS} s, ${size} ${of}`;
    rows.push(
      {
        what: `${what}: processor`,
        ours: `${round(share)} %`,
        compared: "–",
        figure: share,
        bound: 1,
        unit: "% of a core",
      },
      {
        what: `${what}: memory`,
        ours: `${round(megabytes)} MB`,
        compared: "–",
        figure: megabytes,
        bound: rss,
        unit: "MB",
      },
    );
  }
  return rows;
}

async function watchIdle(folder: string, each: Case): Promise<{ share: number; megabytes: number }> {
  const { document, size } = each;
  const words = (await each.prepare?.(folder)) ?? [];
  // Once for the compile cache: whoever serves has started Muster before.
  await (await startServing(folder, document(1), words)).end();
  const serving = await startServing(folder, document(size), words);
  try {
    await seconds(5);
    const before = ticksOf(serving.pid);
    await seconds(SECONDS);
    const share = ((ticksOf(serving.pid) - before) / TICKS_PER_SECOND / SECONDS) * 100;
    return { share, megabytes: residentOf(serving.pid) };
  } finally {
    await serving.end();
    endAllOf(folder);
  }
}

function ticksOf(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return Number(afterName[11]) + Number(afterName[12]);
}

/** Resident memory at the end, in MB. */
function residentOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1_000));
}
