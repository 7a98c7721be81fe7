import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installAlchemy } from "./alchemy.ts";
import type { Applier, DeclaredFile } from "./applier.ts";
import { buildCommand } from "./built.ts";
import { canMeasure, measure, medianOf, type Taken } from "./measured.ts";
import { inFolder } from "./place.ts";
import { findPuppet } from "./puppet.ts";
import { BIN, environment } from "./serving.ts";
import { type Row, round } from "./table.ts";

/** So many files, and so often. */
const SIZES = [
  { count: 1_000, rounds: 5 },
  { count: 5_000, rounds: 3 },
] as const;
/** Ten times faster than Puppet, and faster than alchemy. */
const BOUNDS = { puppet: 0.1, alchemy: 1 } as const;
/** Of Puppet's, where what is declared weighs more than what declares it. */
const MEMORY = { count: 5_000, bound: 1 } as const;
/** The files are read also where nothing is to be done: so many are enough to see that. */
const TRIED = 3;

/**
 * `muster apply` of so many files, first and again, in turns with Puppet and alchemy: the built command, as the others are
 * measured as they are installed; and beside it what runs from the sources.
 */
export function resources(): Promise<readonly Row[]> {
  if (!canMeasure()) {
    console.log("resources is left out: there is no GNU time to measure with (`apt-get install time`)");
    return Promise.resolve([]);
  }
  return inFolder(async (folder) => {
    const place = mkdtempSync(join(tmpdir(), "muster-bench-"));
    try {
      const peers = { puppet: findPuppet(), alchemy: installAlchemy(place) };
      if (peers.puppet === undefined) console.log("resources goes without Puppet: it is not installed");
      if (peers.alchemy === undefined) console.log("resources goes without alchemy: npm cannot install it");
      const musters = { built: musterIn(folder, buildCommand(place)), source: musterIn(folder, BIN) };
      return compareAll(folder, musters, peers);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });
}

type Peers = Readonly<Record<keyof typeof BOUNDS, Applier | undefined>>;

type Musters = Readonly<Record<"built" | "source", Applier>>;

function compareAll(folder: string, musters: Musters, peers: Peers): readonly Row[] {
  const { built, source } = musters;
  const appliers = [built, source, peers.puppet, peers.alchemy].filter((each) => each !== undefined);
  for (const applier of appliers) confirmItReads(applier, folder);
  return SIZES.flatMap(({ count, rounds }) => {
    const runs = new Map<Applier, Run[]>(appliers.map((each) => [each, []]));
    for (let turn = 0; turn < rounds; turn++) {
      for (const [applier, done] of runs) done.push(run(applier, folder, count));
    }
    return [
      ...rowsOf(`${count} \`file\` resources`, count, built, peers, runs),
      ...rowsOf(`${count} \`file\` resources, from source`, count, source, { ...peers, alchemy: undefined }, runs),
    ];
  });
}

/** In one line each, as YAML takes it; a home of its own, and the compile cache of all. */
function musterIn(folder: string, bin: string): Applier {
  return {
    name: "Muster",
    declare(home, files) {
      const stack = join(home, "stack.yaml");
      const lines = files.map(({ path, content, mode }) => {
        return `    ${path}: { content: ${JSON.stringify(content)}, mode: "${mode}" }\n`;
      });
      writeFileSync(stack, `stack: bench\nresources:\n  file:\n${lines.join("")}`);
      mkdirSync(join(home, "run"), { mode: 0o700 });
      const own = { XDG_RUNTIME_DIR: join(home, "run"), MUSTER_STATE_DIR: join(home, "state") };
      const env = { ...environment(folder), ...own };
      return { program: process.execPath, words: [bin, "apply", stack, "--yes"], folder: home, env };
    },
  };
}

interface Run {
  readonly first: Taken;
  readonly again: Taken;
}

function run(applier: Applier, folder: string, count: number): Run {
  return inHome(folder, (home) => {
    const files = filesIn(home, count);
    const command = applier.declare(home, files);
    const first = measure(command);
    confirmMade(applier, files);
    return { first, again: measure(command) };
  });
}

/** Whoever does not look at the files is no comparison. What was loaded here is warm from now on. */
function confirmItReads(applier: Applier, folder: string): void {
  inHome(folder, (home) => {
    const files = filesIn(home, TRIED);
    const command = applier.declare(home, files);
    measure(command);
    measure(command);
    for (const { path } of files) writeFileSync(path, "changed by hand\n");
    measure(command);
    confirmMade(applier, files);
  });
}

function confirmMade({ name }: Applier, files: readonly DeclaredFile[]): void {
  const wrong = files.find(({ path, content }) => readFileSync(path, "utf8") !== content);
  if (wrong !== undefined) throw new Error(`${name} has not made ${wrong.path} as it is declared`);
}

function filesIn(home: string, count: number): readonly DeclaredFile[] {
  const directory = join(home, "files");
  mkdirSync(directory);
  return Array.from({ length: count }, (_, index) => {
    return { path: join(directory, `file-${index}`), content: `file ${index}\nof ${count}\n`, mode: "0644" };
  });
}

function inHome<T>(folder: string, use: (home: string) => T): T {
  const home = mkdtempSync(join(folder, "home-"));
  try {
    return use(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function rowsOf(
  of: string,
  count: number,
  muster: Applier,
  peers: Peers,
  runs: ReadonlyMap<Applier, readonly Run[]>,
): readonly Row[] {
  const takenBy = (applier: Applier, when: keyof Run) => medianOf((runs.get(applier) ?? []).map((each) => each[when]));
  const rows: Row[] = [];
  for (const when of ["first", "again"] as const) {
    const ours = takenBy(muster, when);
    const what = `${of}, ${when === "first" ? "first apply" : "apply with nothing to do"}`;
    for (const peer of ["puppet", "alchemy"] as const) {
      const applier = peers[peer];
      if (applier === undefined) continue;
      const theirs = takenBy(applier, when);
      const common = { ours: told(ours), compared: `${applier.name}: ${told(theirs)}`, unit: "times" } as const;
      rows.push({ what, ...common, figure: ours.wallMs / theirs.wallMs, bound: BOUNDS[peer] });
      if (peer === "alchemy" || count < MEMORY.count) continue;
      rows.push({ what: `${what}: memory`, ...common, figure: ours.peakMb / theirs.peakMb, bound: MEMORY.bound });
    }
  }
  return rows;
}

function told({ wallMs, cpuMs, peakMb }: Taken): string {
  return `${round(wallMs)} ms (processor ${round(cpuMs)} ms, ${round(peakMb)} MB)`;
}
