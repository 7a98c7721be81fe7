/** Reads what a script of `script.ts` answered. What stands before it is passed over; what was cut off counts for nothing. */
import {
  type Answer,
  type Facts,
  type FactsInTheMaking,
  fillIn,
  known,
  type Needs,
  NONE,
  noFacts,
  type Room,
  type Service,
  type Stat,
  type Text,
  unanswered,
} from "./facts.ts";
import { MOST_CONTENT, mostOf, type Section } from "./script.ts";

/** What came out of a target, as it is. */
export interface Said {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Why it did not say more, in a sentence that follows `it`: `hung up`. */
  readonly trouble: string;
}

export function factsIn(
  { stdout, stderr, trouble }: Said,
  sections: readonly Section[],
  needs: Needs,
  boundary: string,
): Facts {
  const facts = noFacts();
  const parts = partsOf(stdout, boundary);
  const complaints = new Map(partsOf(stderr, boundary).map(({ name, body }) => [name, body]));
  for (const [at, { name, body }] of parts.entries()) {
    const section = sections[Number(name)];
    if (section === undefined) continue;
    const after = parts[at + 1]?.name ?? "";
    take(section, body, { after, complaint: complaints.get(name) ?? Buffer.alloc(0) }, facts);
  }
  return fillIn(facts, needs, trouble);
}

interface Part {
  readonly name: string;
  readonly body: Buffer;
}

/** Those that have an end: a part ends where the next begins. */
function partsOf(said: Buffer, boundary: string): readonly Part[] {
  const mark = Buffer.from(`\n${boundary} `);
  const parts: Part[] = [];
  for (let at = said.indexOf(mark); at !== -1; ) {
    const line = said.indexOf("\n", at + mark.length);
    if (line === -1) break;
    const name = said.subarray(at + mark.length, line).toString();
    const next = said.indexOf(mark, line);
    if (next === -1) {
      // Only the last part needs no other behind it: it says that it is the last.
      if (name === "end") parts.push({ name, body: Buffer.alloc(0) });
      break;
    }
    parts.push({ name, body: said.subarray(line + 1, next) });
    at = next;
  }
  return parts;
}

interface Beside {
  /** The name of the part that follows. */
  readonly after: string;
  /** What came on the other stream meanwhile. */
  readonly complaint: Buffer;
}

export const DENIED = unanswered("whoever is asked there may not look");
export const BROKEN = unanswered("it is a link whose end cannot be seen");
export const NO_FILE = unanswered("it is no file that could be read");
export const NO_DIRECTORY = unanswered("it is no directory");
const UNREAD = unanswered("it could not be read to its end");
const UNTOLD = unanswered("the target did not tell it");

function take({ ask, of }: Section, body: Buffer, { after, complaint }: Beside, facts: FactsInTheMaking): void {
  const text = body.toString();
  const [only = ""] = of;
  switch (ask) {
    case "stat":
      takeLines(of, text, facts.stat, statsOf);
      return;
    case "link":
      takeLines(of, text, facts.link, linksOf);
      return;
    case "sum":
      takeLines(of, text, facts.sum, sumsOf);
      return;
    case "read":
      facts.read.set(only, after === "failed" ? UNREAD : readOf(body, text, mostOf(only)));
      return;
    case "names":
      facts.names.set(only, namesOf(text));
      return;
    case "writable":
      takeLines(of, text, facts.writable, writableOf);
      return;
    case "room":
      takeLines(of, text, facts.room, roomsOf);
      return;
    case "processes":
      facts.processes.set("", processesOf(text));
      return;
    case "addresses":
      facts.addresses.set("", addressesOf(text));
      return;
    case "program":
      takeLines(of, text, facts.program, programsOf);
      return;
    case "package":
      takeLines(of, text, facts.package, packagesOf);
      return;
    case "service":
      takeLines(of, text, facts.service, servicesOf);
      return;
    case "run": {
      const exit = /^exit (\d+)$/.exec(after)?.[1];
      const late = after === "late";
      const ran = { exit: Number(exit ?? -1), late, stdout: beginningOf(body), stderr: beginningOf(complaint) };
      facts.run.set(only, exit === undefined && !late ? UNTOLD : known(ran));
      return;
    }
  }
}

function beginningOf(bytes: Buffer): Text {
  return { text: bytes.subarray(0, MOST_CONTENT).toString(), whole: bytes.length <= MOST_CONTENT };
}

/** Of each subject what the lines say; else what `gone` says of it. */
function takeLines<T>(
  of: readonly string[],
  text: string,
  into: Map<string, Answer<T>>,
  read: (lines: readonly string[], of: readonly string[]) => (subject: string) => Answer<T> | undefined,
): void {
  const lines = text.split("\n");
  const gone = new Map(
    lines.flatMap((line) => (/^[mdbn] /.test(line) ? [[line.slice(2), goneOf(line)] as const] : [])),
  );
  const answerOf = read(lines, of);
  for (const subject of of) into.set(subject, answerOf(subject) ?? gone.get(subject) ?? UNTOLD);
}

function statsOf([dialect, ...lines]: readonly string[]) {
  const stats = new Map<string, Stat>();
  for (const line of lines) {
    const [, mode = "", uid, gid, size, modified, path = ""] =
      /^([0-9a-f]+) (\d+) (\d+) (\d+) (-?\d+) (.*)$/i.exec(line) ?? [];
    if (dialect !== "c" || mode === "") continue;
    const numbers = { uid: Number(uid), gid: Number(gid), size: Number(size), modified: Number(modified) };
    stats.set(path, { mode: Number.parseInt(mode, 16), ...numbers });
  }
  return (path: string) => {
    const stat = dialect === "l" ? listedStat(lines, path) : stats.get(path);
    return stat && known(stat);
  };
}

const LISTED = /^([-dlspcb])([-rwxsStT]{9})\S? +\d+ +(\d+) +(\d+) +(\d+) .*? (\/.*)$/;
const LISTED_TYPES: Readonly<Record<string, number>> = {
  ...{ "-": 0o100000, d: 0o040000, l: 0o120000, s: 0o140000 },
  ...{ p: 0o010000, c: 0o020000, b: 0o060000 },
};

/** A line of `ls -ldn`, where there is no `stat`. */
function listedStat(lines: readonly string[], path: string): Stat | undefined {
  for (const line of lines) {
    const [, type = "", bits = "", uid, gid, size, named = ""] = LISTED.exec(line) ?? [];
    if (named !== path && !named.startsWith(`${path} -> `)) continue;
    const numbers = { uid: Number(uid), gid: Number(gid), size: Number(size), modified: undefined };
    return { mode: (LISTED_TYPES[type] ?? 0) | modeOf(bits), ...numbers };
  }
  return undefined;
}

/** `rwsr-xr-t` as a number. */
function modeOf(bits: string): number {
  let mode = 0;
  for (const [at, letter] of [...bits].entries()) {
    if (letter !== "-" && letter !== "S" && letter !== "T") mode |= 1 << (8 - at);
    if (/[sS]/.test(letter)) mode |= at === 2 ? 0o4000 : 0o2000;
    if (/[tT]/.test(letter)) mode |= 0o1000;
  }
  return mode;
}

/** Where lines stand that name a path: what is said of it follows. */
function placesIn(lines: readonly string[]): ReadonlyMap<string, number> {
  const places = lines.flatMap((line, at) => (line.startsWith("k ") ? [[line.slice(2), at] as const] : []));
  // The first counts.
  return new Map(places.toReversed());
}

/** The name of the path, then where it leads. */
function linksOf(lines: readonly string[]) {
  const places = placesIn(lines);
  return (path: string): Answer<string> | undefined => {
    const to = lines[(places.get(path) ?? Number.NaN) + 1];
    return to === undefined ? undefined : known(to);
  };
}

function sumsOf(lines: readonly string[]) {
  if (lines.includes("x")) return () => unanswered("there is no program that takes a SHA-256");
  const sums = new Map<string, string>();
  for (const line of lines) {
    // A name with a backslash is told with two, and a backslash before the line.
    const [, escaped, sum = "", path = ""] = /^(\\?)([0-9a-f]{64}) [ *](.*)$/.exec(line) ?? [];
    if (sum !== "") sums.set(escaped === "\\" ? path.replaceAll("\\\\", "\\") : path, sum);
  }
  return (path: string) => {
    const sum = sums.get(path);
    return sum === undefined ? undefined : known(sum);
  };
}

function readOf(body: Buffer, text: string, most: number): Answer<Text> {
  if (text.startsWith("y")) {
    const bytes = body.subarray(1);
    return known({ text: bytes.subarray(0, most).toString(), whole: bytes.length <= most });
  }
  if (text === "n") return NO_FILE;
  return goneOf(text);
}

/** What the script says of a path that it did not see. */
function goneOf(text: string): Answer<never> {
  switch (text.slice(0, 2)) {
    case "m ":
      return NONE;
    case "d ":
      return DENIED;
    case "b ":
      return BROKEN;
    case "n ":
      return NO_FILE;
    default:
      return UNTOLD;
  }
}

function namesOf(text: string): Answer<readonly string[]> {
  if (text === "n") return NO_DIRECTORY;
  if (!text.startsWith("y\n")) return goneOf(text);
  // No name holds a slash.
  return known(text.slice(2).split("/").slice(0, -1).toSorted());
}

function writableOf(lines: readonly string[]) {
  return (path: string): Answer<boolean> | undefined => {
    if (lines.includes(`y ${path}`)) return known(true);
    return lines.includes(`x ${path}`) ? known(false) : undefined;
  };
}

/** The name and the path of each that was found; `all`, when every directory of the PATH was looked through. */
function programsOf(lines: readonly string[]) {
  const paths = linksOf(lines);
  return (name: string): Answer<string> | undefined => paths(name) ?? (lines.includes("all") ? NONE : undefined);
}

/** All of these expressions are linear: a target may say lines of any length. */
const ROOM = / (\d+) {1,40}\d+ {1,40}(-?\d+) {1,40}(\d+)% /;

function roomsOf(lines: readonly string[]) {
  const places = placesIn(lines);
  return (path: string): Answer<Room> | undefined => {
    // The name of the path, the titles, the row.
    const row = lines[(places.get(path) ?? Number.NaN) + 2] ?? "";
    const [, size, free, used] = ROOM.exec(row) ?? [];
    if (used === undefined) return undefined;
    return known({ size: Number(size), free: Number(free), used: Number(used) });
  };
}

function processesOf(text: string): Answer<readonly string[]> {
  if (!text.startsWith("y\n")) return unanswered("there is no /proc");
  return known(namesOfProcesses(text.split("\n").slice(1)));
}

/** The names in lines of /proc/PID/stat; those that have ended and wait for their parent do not run. */
export function namesOfProcesses(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [, name, state] = /^\d+ \((.*)\) (\S)/.exec(line) ?? [];
    return name === undefined || state === "Z" || state === "X" ? [] : [name];
  });
}

function addressesOf(text: string): Answer<Readonly<Record<string, readonly string[]>>> {
  if (!text.startsWith("y\n")) return unanswered("there is no program `ip`");
  const all: Record<string, string[]> = Object.create(null);
  for (const line of text.split("\n")) {
    const [, name, address] = /^\d+: {1,40}([^\s@]+)(?:@\S*)? {1,40}inet6? (\S+)/.exec(line) ?? [];
    if (name !== undefined && address !== undefined) all[name] = [...(all[name] ?? []), address];
  }
  return known(all);
}

/** What the managers exit with when they have told all there is to tell: 1 is, some are not installed. */
const TOLD: Readonly<Record<string, readonly string[]>> = { dpkg: ["0", "1"], apk: ["0"] };

function packagesOf([manager = "", ...lines]: readonly string[]) {
  if (manager === "x") return () => unanswered("there is no dpkg, rpm or apk");
  const status = lines.findLast((line) => line !== "") ?? "";
  // rpm exits with the number of those that are not installed.
  const isTold = TOLD[manager]?.includes(status) ?? /^\d+$/.test(status);
  return (name: string): Answer<string> => {
    if (!isTold) return unanswered(`${manager} failed with ${status}`);
    const version = manager === "apk" ? apkVersion(lines, name) : versionIn(lines, name);
    return version === undefined ? NONE : known(version);
  };
}

function versionIn(lines: readonly string[], name: string): string | undefined {
  const start = `installed ${name} `;
  return lines.find((line) => line.startsWith(start))?.slice(start.length);
}

/** `musl-1.2.4-r2`: a version begins with a digit. */
function apkVersion(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((each) => each.startsWith(`${name}-`) && /^\d[^-]*-r\d+$/.test(each.slice(name.length + 1)));
  return line?.slice(name.length + 1);
}

function servicesOf([first, ...lines]: readonly string[], of: readonly string[]) {
  if (first !== "y") return () => unanswered("there is no service manager that could be asked");
  // One block for each unit, in the order in which they were asked for.
  const blocks = lines.join("\n").trim().split("\n\n");
  return (name: string): Answer<Service> | undefined => {
    const block = blocks.length === of.length ? blocks[of.indexOf(name)] : undefined;
    if (block === undefined) return undefined;
    const is = (key: string, ...values: readonly string[]) => values.some((each) => block.includes(`${key}=${each}`));
    if (!block.includes("LoadState=")) return undefined;
    return known({
      exists: !is("LoadState", "not-found"),
      running: is("ActiveState", "active", "reloading"),
      enabled: is("UnitFileState", "enabled", "static", "indirect", "generated", "alias"),
    });
  };
}
