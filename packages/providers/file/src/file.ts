import { linkSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Observed } from "@muster/model";
import { type ClaimedProvider, type ClaimedType, directoriesAbove, type Io, ProviderError } from "@muster/plugin";
import { machineAccounts, type Owners } from "./accounts.ts";
import { atPaths } from "./at-paths.ts";
import { attributesOf, shownAttributes, sinceOf } from "./attributes.ts";
import { attempt } from "./failure.ts";
import { changeFile, readPlainFile, type Wanted, writeNewFile } from "./file-disk.ts";
import {
  CONTENT_LIMIT,
  type FileProperties,
  type FileSettings,
  fileProperties,
  fileSettings,
} from "./file-properties.ts";
import { inDirectory, lookAt, type Way, wayBelow } from "./folder.ts";
import { fileHints } from "./hints.ts";
import { kindOf, statsAt } from "./kind.ts";
import { plainPath } from "./paths.ts";
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
  settleMs: 0,
  local: true,
  restsOn: (want) => directoriesAbove(want.path),
  exclusive: (want) => [want.path],
  open: async ({ root }, io) => openFiles(wayBelow(root === undefined ? undefined : resolve(root)), io),
};

/** @param way given in so that machines without /proc can be tried everywhere */
export function openFiles(way: Way, io: Io): ClaimedProvider<FileProperties> {
  if (way.root !== undefined) inDirectory(way.root, way, false, () => undefined);
  const nextNumber = randomNumbers(io);
  const hints = fileHints();
  const owners = machineAccounts();
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
      wantedOf(want, owners);
      lookAt(path, way, () => undefined);
    },

    ...atPaths<FileProperties>(way, hints, {
      isListed: (entry) => entry.isFile(),
      observed: (path, at) => observed(path, at, owners),
      remove: removeFile,
    }),

    async create(want) {
      const path = plainPath(want.path, way.root);
      const wanted = wantedOf(want, owners);
      hints.know(path);
      write(path, way.root !== undefined, (at, temporary) => writeNew(at, temporary, wanted));
      return { id: path };
    },

    async update(from, want) {
      const path = plainPath(from.id, way.root);
      const wanted = wantedOf(want, owners);
      write(path, false, (at, temporary) => changeFile(at, temporary, wanted, way.held));
    },
  };
}

function observed(path: string, at: string, owners: Owners): Observed<FileProperties> | undefined {
  const seen = statsAt(at);
  if (seen === undefined) return undefined;
  const known = { id: path, tags: {}, since: sinceOf(seen) };
  if (!seen.isFile()) {
    return { ...known, phase: "unknown", properties: { path }, reason: `there is ${kindOf(seen)}` };
  }
  const { stats, content, reason } = readPlainFile(at, seen);
  return {
    ...known,
    phase: "running",
    properties: { path, ...shownAttributes(stats, owners), ...(content === undefined ? {} : { content }) },
    ...(reason === undefined ? {} : { reason }),
  };
}

function wantedOf(want: Partial<FileProperties>, owners: Owners): Wanted {
  const bytes = Buffer.byteLength(want.content ?? "");
  if (bytes > CONTENT_LIMIT) {
    throw new ProviderError("invalid", `a content has at most ${CONTENT_LIMIT} bytes, and this has ${bytes}`);
  }
  return { content: want.content, ...attributesOf(want, owners) };
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
