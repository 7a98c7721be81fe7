import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@muster/model";
import { appearance, namesIn } from "./appearance.ts";
import { endAllOf, isAlive } from "./ending.ts";
import { documentOfGroups } from "./keeping.ts";
import { inFolder } from "./place.ts";
import { installPm2, type Pm2 } from "./pm2.ts";
import { readyMembers, type Serving, serve, startServing } from "./serving.ts";
import { median, type Row, round } from "./table.ts";

/** Groups of one to so many members, each of which is killed once. */
const LARGEST = 5;
const SIZES = Array.from({ length: LARGEST }, (_, index) => index + 1);
const COUNT = SIZES.reduce((sum, size) => sum + size);
/** What comes up says so in a file that is named by its pid. */
const PROGRAM = `
require("node:fs").writeFileSync(process.argv[2] + "/" + process.pid, "");
setInterval(() => undefined, 1e6);
`;
/** Time for what the last replacement still has to do, so that rounds do not overlap. Milliseconds. */
const QUIET_MS = 500;
/** Whoever dies again and again in one group is made anew later and later, by this at first: that is not measured. */
const BACKOFF_MS = 1_250;
const BOUND = 1.5;
/** Whoever is not ready again by then is lost. Milliseconds. */
const READY_MS = 30_000;

/** From the kill -9 of a process until its replacement has started, beside pm2; and what a kill -9 of each of them does. */
export function processHeal(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const pm2 = installPm2(folder);
    if (pm2 === undefined) {
      console.log("process-heal is left out: pm2 cannot be installed with npm");
      return [];
    }
    try {
      return await compare(folder, pm2);
    } finally {
      endAllOf(folder);
    }
  });
}

async function compare(folder: string, pm2: Pm2): Promise<readonly Row[]> {
  const script = join(folder, "program.cjs");
  writeFileSync(script, PROGRAM);
  const theirs = join(folder, "theirs");
  for (const directory of [theirs, ...SIZES.map((size) => oursIn(folder, size))]) {
    mkdirSync(directory, { recursive: true });
  }
  pm2.start(script, [theirs], COUNT);
  const serving = await startServing(folder, documentOfGroups(groupsOf(folder, script)));
  await allStarted(folder, theirs);
  const times = await timeReplacements(folder, theirs);
  return [healing(pm2, times), await surviving(folder, serving, pm2)];
}

function groupsOf(folder: string, script: string): JsonObject {
  const groups = SIZES.map((size) => {
    const process = { command: globalThis.process.execPath, args: [script, oursIn(folder, size)] };
    return [`of-${size}`, { size, template: { process } }];
  });
  return Object.fromEntries(groups);
}

function oursIn(folder: string, size: number): string {
  return join(folder, "ours", String(size));
}

async function allStarted(folder: string, theirs: string): Promise<void> {
  const started = () =>
    SIZES.every((size) => namesIn(oursIn(folder, size)).length === size) && namesIn(theirs).length === COUNT;
  while (!started()) await sleep(50);
}

interface Times {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** One of ours, one of theirs, and so on: what slows the machine down meets both. */
async function timeReplacements(folder: string, theirs: string): Promise<Times> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  const victims = { ours: SIZES.map((size) => pidsIn(oursIn(folder, size))), theirs: pidsIn(theirs) };
  for (let turn = 0; turn < LARGEST; turn++) {
    for (const [index, pids] of victims.ours.entries()) {
      const [mine, other] = [pids[turn], victims.theirs[times.theirs.length]];
      if (mine === undefined || other === undefined) continue;
      times.ours.push(await timeReplacement(oursIn(folder, index + 1), mine));
      times.theirs.push(await timeReplacement(theirs, other));
    }
    await sleep(BACKOFF_MS * 2 ** turn);
  }
  return times;
}

async function timeReplacement(directory: string, victim: number): Promise<number> {
  await sleep(QUIET_MS);
  const replaced = appearance(directory);
  const start = performance.now();
  process.kill(victim, "SIGKILL");
  return (await replaced) - start;
}

function pidsIn(directory: string): readonly number[] {
  return namesIn(directory).map(Number);
}

function healing({ version }: Pm2, { ours, theirs }: Times): Row {
  const [mine, other] = [median(ours), median(theirs)];
  return {
    what: `process killed with -9 → replacement has started, median of ${ours.length}`,
    ours: `${round(mine)} ms`,
    compared: `pm2 ${version}: ${round(other)} ms`,
    figure: mine / other,
    bound: BOUND,
    unit: "times",
  };
}

/** Kills both with -9, starts them anew, and counts the processes that went on and are known. */
async function surviving(folder: string, serving: Serving, pm2: Pm2): Promise<Row> {
  const theirs = pidsIn(join(folder, "theirs")).filter(isAlive);
  const ours = alivePids(folder);
  const members = new Set(readyMembers(folder));
  await serving.kill();
  process.kill(pm2.daemon(), "SIGKILL");
  await sleep(QUIET_MS);
  const again = await serve(folder);
  const known = await untilReady(folder);
  const listed = new Set(pm2.known());
  await sleep(QUIET_MS);
  await again.end();
  const alive = theirs.filter(isAlive);
  const [kept, made] = [ours.filter(isAlive).length, alivePids(folder).length - ours.filter(isAlive).length];
  const knownAgain = known.filter((id) => members.has(id)).length;
  return {
    what: `keeper of ${COUNT} processes killed with -9 and started anew: processes lost or made twice`,
    ours: `${kept} go on, ${knownAgain} are known, ${made} made twice`,
    compared: `pm2 ${pm2.version}: ${alive.length} go on, ${alive.filter((pid) => listed.has(pid)).length} are known`,
    figure: COUNT - Math.min(kept, knownAgain) + made,
    bound: 0,
    unit: "processes",
  };
}

function alivePids(folder: string): readonly number[] {
  return SIZES.flatMap((size) => pidsIn(oursIn(folder, size))).filter(isAlive);
}

async function untilReady(folder: string): Promise<readonly string[]> {
  const deadline = performance.now() + READY_MS;
  for (;;) {
    const ready = readyMembers(folder);
    if (ready.length >= COUNT || performance.now() > deadline) return ready;
    await sleep(50);
  }
}
