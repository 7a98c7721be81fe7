/** What `container.ts` runs in a house of its own, with an engine of its own: writes its rows into the folder. */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type ContainerProperties, containerIn } from "@muster/provider-container";
import { startDocker } from "../tests/engines/support/engines.ts";
import { IMAGE, importImage } from "../tests/engines/support/image.ts";
import { pidOf } from "../tests/engines/support/raw.ts";
import { appearance, namesIn } from "./appearance.ts";
import { documentOfGroups, type Kept, keepBench } from "./keeping.ts";
import { median, type Row, round } from "./table.ts";

/** Groups of one, so that none waits for another: whoever dies again and again in one group is made anew later and later. */
const GROUPS = ["a", "b", "c", "d"];
const TURNS = 4;
const BACKOFF_MS = 1_250;
/** Time for what the last round still has to do, in milliseconds. */
const QUIET_MS = 1_000;
const BOUND = 1.3;

/** What comes up says so in a file that is named by its id. */
const COMMAND = ["sh", "-c", 'touch /started/"$HOSTNAME"; exec sleep 1000'];

const [folder = ""] = process.argv.slice(2);
execFileSync("ip", ["link", "set", "lo", "up"]);
const engine = await startDocker(join(folder, "docker"));
try {
  await importImage(engine.socket);
  const settings = { host: engine.socket };
  const kept = await keepBench(join(folder, "muster"), { type: containerIn({}), settings });
  const rows = [await compare(kept)];
  await kept.close();
  writeFileSync(join(folder, "rows.json"), JSON.stringify(rows));
} finally {
  await engine.stop();
}

async function compare({ keeper, converged }: Kept): Promise<Row> {
  const theirs = startedIn("docker");
  for (const place of [theirs, ...GROUPS.map(startedIn)]) mkdirSync(place, { recursive: true });
  const { generation } = await keeper.commit(documentOfGroups(groups()), "bench", "bench");
  await converged(generation);
  const killed = new Set<string>();
  const ours: number[] = [];
  const bare: number[] = [];
  await timeRun(theirs);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const group of GROUPS) {
      ours.push(await timeReplacement(startedIn(group), killed));
      bare.push(await timeRun(theirs));
    }
    await sleep(BACKOFF_MS * 2 ** turn);
  }
  return {
    what: `container killed with -9 → replacement has started, median of ${ours.length}`,
    ours: `${round(median(ours))} ms`,
    compared: `\`docker run --detach\` of the same: ${round(median(bare))} ms`,
    // Each beside the run that followed it: what slows the machine down meets both.
    figure: median(ours.map((time, index) => time / (bare[index] ?? Number.NaN))),
    bound: BOUND,
    unit: "times",
  };
}

function groups() {
  const entries = GROUPS.map((name) => {
    const container = {
      image: IMAGE,
      pull: "never",
      command: COMMAND,
      networks: ["none"],
      mounts: [{ source: startedIn(name), target: "/started" }],
    } satisfies ContainerProperties;
    return [name, { size: 1, template: { container } }];
  });
  return Object.fromEntries(entries);
}

function startedIn(name: string): string {
  return join(folder, "started", name);
}

/** @param killed the ids of those that were killed before; the victim joins them */
async function timeReplacement(place: string, killed: Set<string>): Promise<number> {
  await sleep(QUIET_MS);
  const [id = ""] = namesIn(place).filter((each) => !killed.has(each));
  killed.add(id);
  const pid = await pidOf(engine.socket, id);
  const replaced = appearance(place);
  const start = performance.now();
  process.kill(pid, "SIGKILL");
  return (await replaced) - start;
}

/** What it has made is removed again, when the time has been taken. */
async function timeRun(place: string): Promise<number> {
  await sleep(QUIET_MS);
  const started = appearance(place);
  const start = performance.now();
  const id = await docker("run", "--detach", "--network", "none", "--volume", `${place}:/started`, IMAGE, ...COMMAND);
  const time = (await started) - start;
  await docker("rm", "--force", id);
  return time;
}

async function docker(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("docker", ["--host", `unix://${engine.socket}`, ...words]);
  return stdout.trim();
}
