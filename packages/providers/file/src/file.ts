import { linkSync } from "node:fs";
import { basename, dirname, normalize, relative, resolve } from "node:path";
import { type Observed, systemCodeOf } from "@muster/model";
import { type ClaimedProvider, type ClaimedType, type Io, ProviderError } from "@muster/plugin";
import { type Accounts, accountsOf } from "./accounts.ts";
import { attempt, failureAt } from "./failure.ts";
import { changeFile, kindOf, permissionsOf, readContent, statsAt, type Wanted, writeNewFile } from "./file-disk.ts";
import {
  CONTENT_LIMIT,
  type FileProperties,
  type FileSettings,
  fileProperties,
  fileSettings,
} from "./file-properties.ts";
import { inDirectory, type Way, wayBelow } from "./folder.ts";
import { fileHints } from "./hints.ts";
import { discard, randomNumbers, sweepTemporary, temporaryName } from "./temporary.ts";

/** A plain file: its content, mode, owner and group. */
export const file: ClaimedType<FileProperties, FileSettings> = {
  known: "claim",
  name: "file",
  summary: "A plain file: its content, mode, owner and group",
  schema: fileProperties,
  settings: fileSettings,
  naming: "path",
  effects: { path: "replace", content: "in-place", mode: "in-place", owner: "in-place", group: "in-place" },
  contents: ["content"],
  settleMs: 0,
  local: true,
  exclusive: (want) => [want.path],
  open: async ({ root }, io) => openFiles(wayBelow(root === undefined ? undefined : resolve(root)), io),
};

/** @param way given in so that machines without /proc can be tried everywhere */
export function openFiles(way: Way, io: Io): ClaimedProvider<FileProperties> {
  if (way.root !== undefined) inDirectory(way.root, way, false, () => undefined);
  const nextNumber = randomNumbers(io);
  const hints = fileHints();
  const users = accountsOf("user", "/etc/passwd");
  const groups = accountsOf("group", "/etc/group");
  const swept = new Set<string>();

  const write = <T>(path: string, make: boolean, use: (at: string, temporary: string) => T): T =>
    attempt(path, () =>
      inDirectory(dirname(path), way, make, (directory) => {
        if (!swept.has(dirname(path))) sweepTemporary(directory);
        swept.add(dirname(path));
        return use(`${directory}/${basename(path)}`, `${directory}/${temporaryName(nextNumber())}`);
      }),
    );

  return {
    known: "claim",
    // Paths are the machine's, whatever the root: two providers that reach the same file claim the same thing.
    scope: "/",

    async validate(want) {
      const path = plainPath(want.path, way.root);
      wantedOf(want, users, groups);
      lookAt(path, way, () => undefined);
    },

    async read(id) {
      const path = plainPath(id, way.root);
      const found = lookAt(path, way, (at) => observed(path, at, users, groups));
      if (found === undefined) hints.forget(path);
      else hints.know(path);
      return found;
    },

    async create(want) {
      const path = plainPath(want.path, way.root);
      const wanted = wantedOf(want, users, groups);
      hints.know(path);
      write(path, way.root !== undefined, (at, temporary) => writeNew(at, temporary, wanted));
      return { id: path };
    },

    async update(from, want) {
      const path = plainPath(from.id, way.root);
      const wanted = wantedOf(want, users, groups);
      write(path, false, (at, temporary) => changeFile(at, temporary, wanted));
    },

    async destroy(id) {
      const path = plainPath(id, way.root);
      lookAt(path, way, removeFile);
      hints.forget(path);
    },

    watch: hints.watch,
  };
}

/** There is one spelling of a path: two of them would be one file that two declarations hold. */
function plainPath(path: string, root: string | undefined): string {
  const plain = normalize(path);
  if (root !== undefined && !isBelow(plain, root)) throw new ProviderError("invalid", `${path} is outside of ${root}`);
  if (!plain.startsWith("/")) throw new ProviderError("invalid", `${path} is not an absolute path`);
  if (plain.endsWith("/")) throw new ProviderError("invalid", `${path} is a directory's path`);
  if (plain !== path) throw new ProviderError("invalid", `write ${plain} for ${path}`);
  return path;
}

function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith("../") && path.startsWith("/");
}

/** What `use` finds at a path; undefined where there is nothing, because a directory on the way is not there or none. */
function lookAt<T>(path: string, way: Way, use: (at: string) => T): T | undefined {
  try {
    return inDirectory(dirname(path), way, false, (directory) => use(`${directory}/${basename(path)}`));
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw failureAt(path, thrown);
  }
}

function observed(path: string, at: string, users: Accounts, groups: Accounts): Observed<FileProperties> | undefined {
  const stats = statsAt(at);
  if (stats === undefined) return undefined;
  const known = { id: path, tags: {}, since: Math.floor(stats.birthtimeMs || stats.mtimeMs) };
  if (!stats.isFile()) {
    return { ...known, phase: "unknown", properties: { path }, reason: `there is ${kindOf(stats)}` };
  }
  const content = readContent(at);
  const properties = {
    path,
    mode: permissionsOf(stats).toString(8).padStart(4, "0"),
    owner: users.nameOf(stats.uid),
    group: groups.nameOf(stats.gid),
  };
  if ("reason" in content) return { ...known, phase: "running", properties, reason: content.reason };
  return { ...known, phase: "running", properties: { ...properties, content: content.text } };
}

function wantedOf(want: Partial<FileProperties>, users: Accounts, groups: Accounts): Wanted {
  const bytes = Buffer.byteLength(want.content ?? "");
  if (bytes > CONTENT_LIMIT) {
    throw new ProviderError("invalid", `a content has at most ${CONTENT_LIMIT} bytes, and this has ${bytes}`);
  }
  return {
    content: want.content,
    mode: want.mode === undefined ? undefined : Number.parseInt(want.mode, 8),
    uid: want.owner === undefined ? undefined : users.idOf(want.owner),
    gid: want.group === undefined ? undefined : groups.idOf(want.group),
  };
}

/** Written whole under another name first; a link never takes the place of what is there, as a rename would. */
function writeNew(at: string, temporary: string, wanted: Wanted): void {
  try {
    writeNewFile(temporary, wanted);
    linkSync(temporary, at);
  } finally {
    discard(temporary);
  }
}

function removeFile(at: string): void {
  const stats = statsAt(at);
  if (stats === undefined) return;
  if (!stats.isFile()) throw new ProviderError("conflict", `there is ${kindOf(stats)}, which is left alone`);
  discard(at);
}
