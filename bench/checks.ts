import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildCommand } from "./built.ts";
import { type Checker, findBats, findServerspec, musterIn } from "./checkers.ts";
import { type Command, canMeasure, fails, measure, medianOf, type Taken } from "./measured.ts";
import { inFolder } from "./place.ts";
import { environment } from "./serving.ts";
import { type Loopback, sshWords, startSshd } from "./sshd.ts";
import { median, type Row, round } from "./table.ts";

/** So many checks, how often, and how much of a peer's time they may take. Bats needs a minute for a thousand. */
const LOCAL = [
  { count: 100, rounds: { serverspec: 5, bats: 5 }, bound: 1 },
  { count: 1_000, rounds: { serverspec: 3, bats: 1 }, bound: 1 / 30 },
] as const;
/** Serverspec needs a minute for a thousand too. */
const FAR = { count: 1_000, rounds: 7, bound: 3, peerRounds: 1, peerBound: 1 / 30 } as const;
const MEMORY_MB = 120;

/** `muster verify` of so many files, built as it is installed: here beside Serverspec and Bats, and over ssh beside one `ssh HOST true`. */
export function checks(): Promise<readonly Row[]> {
  if (!canMeasure()) {
    console.log("checks is left out: there is no GNU time to measure with (`apt-get install time`)");
    return Promise.resolve([]);
  }
  return inFolder(async (folder) => {
    const peers = { serverspec: findServerspec(), bats: findBats() };
    if (peers.serverspec === undefined) console.log("checks goes without Serverspec (Debian: ruby-serverspec)");
    if (peers.bats === undefined) console.log("checks goes without Bats (Debian: bats)");
    const bin = buildCommand(folder);
    const muster = musterIn(folder, bin);
    for (const checker of [muster, peers.serverspec, peers.bats]) {
      if (checker !== undefined) confirmItLooks(checker, folder, undefined);
    }
    const rows = LOCAL.flatMap((size) => compareHere(muster, peers, folder, size));
    const sshd = await startSshd(folder);
    if (sshd === undefined) {
      console.log("checks over ssh is left out: only root runs an sshd that lets somebody in (Debian: openssh-server)");
      return rows;
    }
    try {
      return [...rows, ...compareThere(muster, bin, peers.serverspec, folder, sshd)];
    } finally {
      await sshd.end();
    }
  });
}

type Peers = Readonly<Record<"serverspec" | "bats", Checker | undefined>>;

function compareHere(
  muster: Checker,
  peers: Peers,
  folder: string,
  { count, rounds, bound }: (typeof LOCAL)[number],
): readonly Row[] {
  const files = filesIn(folder, count);
  const ask = muster.ask(homeIn(folder), files, undefined);
  const what = `${count} checks of files, here`;
  const beside = (["serverspec", "bats"] as const).flatMap((name): readonly Row[] => {
    const peer = peers[name];
    if (peer === undefined) return [];
    const its = peer.ask(homeIn(folder), files, undefined);
    return [besideRow(what, peer, inTurns([ask, its], rounds[name]), bound)];
  });
  return [...beside, memoryOf(what, measure(ask))];
}

function besideRow(
  what: string,
  peer: Checker,
  [ours = [], theirs = []]: readonly (readonly Taken[])[],
  bound: number,
): Row {
  return {
    what,
    ours: told(medianOf(ours)),
    compared: `${peer.name}: ${told(medianOf(theirs))}`,
    // Each round beside its own: what slows the machine down meets both.
    figure: median(ours.map(({ wallMs }, at) => wallMs / (theirs[at]?.wallMs ?? Number.NaN))),
    bound: Number(bound.toPrecision(3)),
    unit: "times",
  };
}

function compareThere(
  muster: Checker,
  bin: string,
  peer: Checker | undefined,
  folder: string,
  sshd: Loopback,
): readonly Row[] {
  const files = filesIn(folder, FAR.count);
  for (const checker of [muster, peer]) if (checker !== undefined) confirmItLooks(checker, folder, sshd);
  const ask = muster.ask(homeIn(folder), files, sshd);
  const [home, env] = [homeIn(folder), environment(folder)];
  const one: Command = { program: "ssh", words: [...sshWords(sshd), "true"], folder: home, env };
  const start: Command = { program: process.execPath, words: [bin, "--help"], folder: home, env };
  const [ours = [], connected = [], started = []] = inTurns([ask, one, start], FAR.rounds);
  const bare = connected.map(({ wallMs }, at) => wallMs + (started[at]?.wallMs ?? Number.NaN));
  const what = `${FAR.count} checks of files, over ssh`;
  const taken = medianOf(ours);
  const compared = `one \`ssh HOST true\` and \`muster --help\`: ${round(median(bare))} ms`;
  const figure = median(ours.map(({ wallMs }, at) => wallMs / (bare[at] ?? Number.NaN)));
  const rows: Row[] = [
    { what, ours: told(taken), compared, figure, bound: FAR.bound, unit: "times" },
    memoryOf(what, taken),
  ];
  if (peer === undefined) return rows;
  const turns = inTurns([ask, peer.ask(homeIn(folder), files, sshd)], FAR.peerRounds);
  return [...rows, besideRow(what, peer, turns, FAR.peerBound)];
}

/** Each command in its turn, so that what slows the machine down meets all. */
function inTurns(commands: readonly Command[], rounds: number): readonly (readonly Taken[])[] {
  const turns = Array.from({ length: rounds }, () => commands.map(measure));
  return commands.map((_, at) => turns.flatMap((turn) => turn[at] ?? []));
}

function memoryOf(what: string, { peakMb }: Taken): Row {
  const ours = `${round(peakMb)} MB`;
  return { what: `${what}: memory`, ours, compared: "–", figure: peakMb, bound: MEMORY_MB, unit: "MB" };
}

/** Whoever does not look is no comparison. What was loaded here is warm from now on. */
function confirmItLooks(checker: Checker, folder: string, there: Loopback | undefined): void {
  const files = filesIn(folder, 3);
  const command = checker.ask(homeIn(folder), files, there);
  measure(command);
  const [gone = ""] = files;
  rmSync(gone);
  if (!fails(command)) throw new Error(`${checker.name} has not seen that ${gone} is gone`);
}

function filesIn(folder: string, count: number): readonly string[] {
  const directory = join(homeIn(folder), "files");
  mkdirSync(directory);
  return Array.from({ length: count }, (_, index) => {
    const file = join(directory, `file-${index}`);
    writeFileSync(file, `file ${index}\n`);
    return file;
  });
}

function homeIn(folder: string): string {
  return mkdtempSync(join(folder, "home-"));
}

function told({ wallMs, cpuMs, peakMb }: Taken): string {
  return `${round(wallMs)} ms (processor ${round(cpuMs)} ms, ${round(peakMb)} MB)`;
}
