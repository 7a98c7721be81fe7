/**
 * `npm run bench`: every figure the project promises, each beside what it is compared with, in one run.
 * `--keep` writes the table into bench/README.md. `npm run bench -- heal` runs only what is named.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { checks } from "./checks.ts";
import { container } from "./container.ts";
import { decide } from "./decide.ts";
import { droplets } from "./droplets.ts";
import { heal } from "./heal.ts";
import { history } from "./history.ts";
import { idle, idleMachines, idleProcesses } from "./idle.ts";
import { imageBuild } from "./image-build.ts";
import { make } from "./make.ts";
import { processHeal } from "./process-heal.ts";
import { processMake } from "./process-make.ts";
import { resources } from "./resources.ts";
import { rollover } from "./rollover.ts";
import { simulating } from "./simulate.ts";
import { startUp } from "./start-up.ts";
import { markdown, type Row } from "./table.ts";
import { vmHeal } from "./vm-heal.ts";
import { vmMake, vmTwenty } from "./vm-make.ts";

const all: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  make,
  heal,
  idle,
  decide,
  rollover,
  history,
  simulate: simulating,
  "start-up": startUp,
  "process-heal": processHeal,
  "process-make": processMake,
  "process-idle": idleProcesses,
  "vm-make": vmMake,
  "vm-twenty": vmTwenty,
  "vm-heal": vmHeal,
  "vm-idle": idleMachines,
  "image-build": imageBuild,
  container,
  checks,
  resources,
  droplets,
};

const named = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const rows: Row[] = [];
for (const [name, run] of Object.entries(all)) {
  if (named.length === 0 || named.includes(name)) rows.push(...(await run()));
}
const table = markdown(rows);
console.log(table);
if (process.argv.includes("--keep")) keep(table);
process.exitCode = rows.every(({ figure, bound }) => figure <= bound) ? 0 : 1;

function keep(table: string): void {
  const file = join(import.meta.dirname, "README.md");
  const [before, after] = readFileSync(file, "utf8").split(/<!-- table -->[\s\S]*<!-- end -->/);
  const [cpu] = cpus();
  const machine = `${cpus().length} cores (${cpu?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
  writeFileSync(file, `${before}<!-- table -->\n${machine}\n\n${table}\n<!-- end -->${after}`);
}
