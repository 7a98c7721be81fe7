import { resolve } from "node:path";
import type { Observed } from "@muster/model";
import { type ClaimedProvider, type ClaimedType, directoriesAbove } from "@muster/plugin";
import { machineAccounts, type Owners } from "./accounts.ts";
import { atPaths } from "./at-paths.ts";
import { attributesOf, changeAttributes, shownAttributes, sinceOf } from "./attributes.ts";
import { makeNewDirectory, removeEmptyDirectory } from "./directory-disk.ts";
import {
  type DirectoryProperties,
  type DirectorySettings,
  directoryProperties,
  directorySettings,
} from "./directory-properties.ts";
import { attempt } from "./failure.ts";
import { enterAt, inDirectory, lookAt, type Way, wayBelow } from "./folder.ts";
import { fileHints } from "./hints.ts";
import { assertDirectory, kindOf, statsAt } from "./kind.ts";
import { plainPath } from "./paths.ts";

/** A directory itself, whatever is in it: its mode, owner and group. */
export const directory: ClaimedType<DirectoryProperties, DirectorySettings> = {
  known: "claim",
  name: "directory",
  summary: "A directory itself, whatever is in it: its mode, owner and group",
  schema: directoryProperties,
  settings: directorySettings,
  naming: "path",
  effects: { path: "replace", mode: "in-place", owner: "in-place", group: "in-place" },
  settleMs: 0,
  local: true,
  restsOn: (want) => directoriesAbove(want.path),
  // The path itself, as of a file: one of them can be there.
  exclusive: (want) => [want.path],
  open: async ({ root }) => openDirectories(wayBelow(root === undefined ? undefined : resolve(root))),
};

/** @param way given in so that machines without /proc can be tried everywhere */
export function openDirectories(way: Way): ClaimedProvider<DirectoryProperties> {
  if (way.root !== undefined) inDirectory(way.root, way, false, () => undefined);
  const hints = fileHints();
  const owners = machineAccounts();

  return {
    known: "claim",
    scope: "/",

    async validate(want) {
      const path = plainPath(want.path, way.root);
      attributesOf(want, owners);
      lookAt(path, way, () => undefined);
    },

    ...atPaths<DirectoryProperties>(way, hints, {
      isListed: (entry) => entry.isDirectory(),
      observed: (path, at) => observed(path, at, owners),
      remove: removeEmptyDirectory,
    }),

    async create(want) {
      const path = plainPath(want.path, way.root);
      const wanted = attributesOf(want, owners);
      hints.know(path);
      attempt(path, () => enterAt(path, way, way.root !== undefined, (at) => makeNewDirectory(at, wanted, way.held)));
      return { id: path };
    },

    async update(from, want) {
      const path = plainPath(from.id, way.root);
      const wanted = attributesOf(want, owners);
      attempt(path, () => enterAt(path, way, false, (at) => changeAttributes(at, wanted, way.held, assertDirectory)));
    },
  };
}

function observed(path: string, at: string, owners: Owners): Observed<DirectoryProperties> | undefined {
  const stats = statsAt(at);
  if (stats === undefined) return undefined;
  const known = { id: path, tags: {}, since: sinceOf(stats) };
  if (!stats.isDirectory()) {
    return { ...known, phase: "unknown", properties: { path }, reason: `there is ${kindOf(stats)}` };
  }
  return { ...known, phase: "running", properties: { path, ...shownAttributes(stats, owners) } };
}
