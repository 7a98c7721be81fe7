/** What lies in the file system: `file`, `directory`, `disk`, `mount`. */
import { constants } from "node:fs";
import { type Found, found, none, untold } from "../check.ts";
import { type Answer, type FactKinds, type Facts, factOf, type Need, type Stat } from "../facts.ts";
import { type Asked, type Kind, oneOfForm, type Property } from "../kind.ts";
import { nameOfId } from "./accounts.ts";
import { pathSubject } from "./subjects.ts";

const TYPES: ReadonlyMap<number, string> = new Map([
  [constants.S_IFREG, "file"],
  [constants.S_IFDIR, "directory"],
  [constants.S_IFLNK, "link"],
  [constants.S_IFSOCK, "socket"],
  [constants.S_IFIFO, "pipe"],
  [constants.S_IFCHR, "device"],
  [constants.S_IFBLK, "device"],
]);

const MODE = { pattern: /^[0-7]{4}$/, says: 'four octal digits in quotes, as "0644"' } as const;

const common = {
  exists: { is: "flag", meaning: "It is there" },
  mode: { is: "text", meaning: "Its permissions, in four octal digits", form: MODE },
  owner: { is: "text", meaning: "The user that it belongs to; a number where nobody there has that number" },
  group: { is: "text", meaning: "The group that it belongs to; a number where none there has that number" },
  modified: { is: "moment", meaning: "When its content was changed last" },
  writable: { is: "flag", meaning: "Whoever is asked may write there; of a link, what it leads to" },
} as const satisfies Record<string, Property>;

/** The fact that a property of a path rests on, beside its stat. */
const NEEDS: Readonly<Record<string, Need["ask"]>> = {
  content: "read",
  sha256: "sum",
  linksTo: "link",
  entries: "names",
  writable: "writable",
};

function needsOfPath({ subject, properties }: Asked): readonly Need[] {
  const path = String(subject);
  const more = [...properties].flatMap((property): readonly Need[] => {
    const ask = NEEDS[property];
    if (ask !== undefined) return [{ ask, of: path }];
    if (property === "owner") return [{ ask: "read", of: "/etc/passwd" }];
    return property === "group" ? [{ ask: "read", of: "/etc/group" }] : [];
  });
  return [{ ask: "stat", of: path }, ...more];
}

/** @param wanted the type that it must have to be there at all */
function foundOfPath(property: string, path: string, facts: Facts, wanted: "directory" | undefined): Found {
  const stat = factOf(facts, "stat", path);
  const isWanted = stat.kind === "known" && (wanted === undefined || typeOf(stat.value) === wanted);
  if (stat.kind === "unknown") return untold(stat.why);
  if (property === "exists") return found(isWanted);
  if (stat.kind === "none") return none(`there is no ${path}`);
  if (!isWanted) return none(`${path} is a ${typeOf(stat.value)}`);
  switch (property) {
    case "type":
      return found(typeOf(stat.value));
    case "mode":
      return found((stat.value.mode & 0o7777).toString(8).padStart(4, "0"));
    case "size":
      return found(stat.value.size);
    case "modified":
      return stat.value.modified === undefined ? untold("no program there tells when") : found(stat.value.modified);
    case "owner":
      return nameOfId(stat.value.uid, factOf(facts, "read", "/etc/passwd"));
    case "group":
      return nameOfId(stat.value.gid, factOf(facts, "read", "/etc/group"));
    case "linksTo":
      return typeOf(stat.value) === "link"
        ? foundIn(factOf(facts, "link", path), path)
        : none(`${path} is a ${typeOf(stat.value)}`);
    case "sha256":
      return foundIn(factOf(facts, "sum", path), path);
    case "writable":
      return foundIn(factOf(facts, "writable", path), path);
    case "entries":
      return foundIn(factOf(facts, "names", path), path);
    default:
      return contentOf(factOf(facts, "read", path), path);
  }
}

function typeOf({ mode }: Stat): string {
  return TYPES.get(mode & constants.S_IFMT) ?? "thing of another kind";
}

function foundIn(answer: Answer<string | boolean | readonly string[]>, path: string): Found {
  if (answer.kind === "unknown") return untold(answer.why);
  return answer.kind === "none" ? none(`there is no ${path}`) : found(answer.value);
}

function contentOf(answer: Answer<FactKinds["read"]>, path: string): Found {
  if (answer.kind === "unknown") return untold(answer.why);
  if (answer.kind === "none") return none(`there is no ${path}`);
  return answer.value.whole ? found(answer.value.text) : untold(`${path} is longer than the 64 KiB that are read`);
}

export const file = {
  summary: "A file, or whatever else lies at a path",
  subject: pathSubject("Its path"),
  options: {},
  properties: {
    ...common,
    type: {
      ...{ is: "text", meaning: "`file`, `directory`, `link`, `socket`, `pipe` or `device`; a link is not followed" },
      form: oneOfForm([...new Set(TYPES.values())]),
    },
    size: { is: "number", meaning: "Its size in bytes" },
    content: { is: "content", meaning: "What stands in it; 64 KiB at most" },
    sha256: {
      ...{ is: "text", meaning: "The SHA-256 of what stands in it, in hex" },
      form: { pattern: /^[0-9a-f]{64}$/, says: "64 hex digits in lower case" },
    },
    linksTo: { is: "text", meaning: "Where it leads, of a symbolic link" },
  },
  asking: {
    where: "target",
    needs: needsOfPath,
    found: (property, { subject }, facts) => foundOfPath(property, String(subject), facts, undefined),
  },
} as const satisfies Kind;

export const directory = {
  summary: "A directory; a link to one is none",
  subject: pathSubject("Its path"),
  options: {},
  properties: { ...common, entries: { is: "texts", meaning: "The names in it" } },
  asking: {
    where: "target",
    needs: needsOfPath,
    found: (property, { subject }, facts) => foundOfPath(property, String(subject), facts, "directory"),
  },
} as const satisfies Kind;

export const disk = {
  summary: "The room on the file system that a path lies on",
  subject: pathSubject("A path on it"),
  options: {},
  properties: {
    used: { is: "number", meaning: "How much of it is taken, in percent" },
    free: { is: "number", meaning: "How much is free, in MiB" },
    size: { is: "number", meaning: "How much there is in all, in MiB" },
  },
  asking: {
    where: "target",
    needs: ({ subject }) => [{ ask: "room", of: String(subject) }],
    found(property, { subject }, facts) {
      const room = factOf(facts, "room", String(subject));
      if (room.kind === "unknown") return untold(room.why);
      if (room.kind === "none") return none(`there is no ${subject}`);
      const { used, free, size } = room.value;
      if (property === "used") return found(used);
      return found(Math.floor((property === "free" ? free : size) / 1024));
    },
  },
} as const satisfies Kind;

const MOUNTS = "/proc/mounts";

export const mount = {
  summary: "What is mounted at a path",
  subject: pathSubject("The path that it is mounted at"),
  options: {},
  properties: {
    mounted: { is: "flag", meaning: "Something is mounted there" },
    type: { is: "text", meaning: "The type of the file system" },
    source: { is: "text", meaning: "What is mounted" },
    options: { is: "texts", meaning: "What it is mounted with, as `ro` and `noexec`" },
  },
  asking: {
    where: "target",
    needs: () => [{ ask: "read", of: MOUNTS }],
    found(property, { subject }, facts) {
      const mounts = factOf(facts, "read", MOUNTS);
      if (mounts.kind !== "known") return untold(mounts.kind === "none" ? `there is no ${MOUNTS}` : mounts.why);
      // Of several at one place the last lies on top.
      const line = mounts.value.text.split("\n").findLast((each) => unescaped(each.split(" ")[1] ?? "") === subject);
      if (line === undefined && !mounts.value.whole) return untold(`${MOUNTS} is longer than what is read`);
      if (property === "mounted") return found(line !== undefined);
      if (line === undefined) return none(`nothing is mounted at ${subject}`);
      const [source = "", , type = "", options = ""] = line.split(" ");
      if (property === "type") return found(type);
      return found(property === "source" ? unescaped(source) : options.split(",").toSorted());
    },
  },
} as const satisfies Kind;

/** A space in a path is written `\040` there. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
