/** The files of an image of Linux: what is declared, found on this machine; and that no two want the same path. */
import { lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, posix, relative, resolve, sep } from "node:path";
import { MusterError, messageOf } from "@muster/model";
import { MAX_ENTRIES } from "./bounds.ts";
import type { Entry } from "./cpio.ts";

/** Covered by what the machine mounts there, or Muster's own. */
const TAKEN = ["/init", "/proc", "/sys", "/dev", "/etc/muster"];

/**
 * What a manifest declares under `files`, as entries of an archive. Links stay links; one that leads out of the directory it
 * was found in is refused. A path that is not absolute stays within the manifest's directory.
 *
 * @param files path inside → path
 * @param directory that of the manifest
 * @throws `image.bad-file`, `image.too-large`
 */
export function declaredEntries(files: Readonly<Record<string, string>>, directory: string): readonly Entry[] {
  return Object.entries(files).flatMap(([inside, source]) => {
    const found = sourceOf(source, directory);
    const entries = found.stats.isDirectory() ? inDirectory(found.path, inside) : [fileEntry(found, inside)];
    for (const { path } of entries) confirmFree(path, source);
    return entries;
  });
}

interface Found {
  readonly path: string;
  readonly stats: Stats;
}

function sourceOf(source: string, directory: string): Found {
  const path = resolve(directory, source);
  const real = reading(path, () => realpathSync(path));
  if (!isAbsolute(source)) confirmWithin(real, realpathSync(directory), path, "the manifest's directory");
  return { path: real, stats: reading(path, () => statSync(real)) };
}

function fileEntry({ path, stats }: Found, inside: string): Entry {
  if (!stats.isFile()) throw badFile(path, "it is neither a file, a directory nor a link", "Leave it out.");
  if (inside === "/") throw badFile(path, "only a directory can be `/`", "Name the file's path inside.");
  return { kind: "file", path: inside, runs: (stats.mode & 0o100) !== 0, from: { file: path } };
}

/** @param top a real path */
function inDirectory(top: string, inside: string): readonly Entry[] {
  const entries: Entry[] = [];
  const walk = (path: string, at: string): void => {
    if (entries.length > MAX_ENTRIES) {
      throw new MusterError("image.too-large", { what: top, found: "more files", limit: MAX_ENTRIES });
    }
    if (at !== "/") entries.push({ kind: "directory", path: at });
    for (const name of reading(path, () => readdirSync(path))) {
      const inner = join(path, name);
      const innerAt = posix.join(at, name);
      const stats = reading(inner, () => lstatSync(inner));
      if (stats.isDirectory()) walk(inner, innerAt);
      else if (stats.isSymbolicLink()) entries.push(linkEntry(inner, innerAt, top));
      else entries.push(fileEntry({ path: inner, stats }, innerAt));
    }
  };
  walk(top, inside);
  return entries;
}

function linkEntry(path: string, inside: string, top: string): Entry {
  const target = reading(path, () => readlinkSync(path));
  const fix = "Let it lead to something in the same directory by a relative path, or put a copy in its place.";
  if (isAbsolute(target)) throw badFile(path, `it is a link to ${target}, which means another file inside`, fix);
  if (climbsOut(path, target, top)) throw badFile(path, `it leads out of ${top}`, fix);
  confirmWithin(
    reading(path, () => realpathSync(path)),
    top,
    path,
    top,
  );
  return { kind: "link", path: inside, target };
}

/** Inside, other things stand around a directory than here: on its way a link may not leave it either. */
function climbsOut(path: string, target: string, top: string): boolean {
  let depth = relative(top, dirname(path)).split(sep).filter(Boolean).length;
  return target.split("/").some((step) => {
    if (step === "..") depth--;
    else if (step !== "" && step !== ".") depth++;
    return depth < 0;
  });
}

/** @param within a real path */
function confirmWithin(real: string, within: string, path: string, what: string): void {
  if (real === within || real.startsWith(within.endsWith(sep) ? within : within + sep)) return;
  throw badFile(
    path,
    `it leads out of ${what}, to ${real}`,
    "Put a copy beside the manifest, or name the path itself.",
  );
}

function confirmFree(inside: string, source: string): void {
  const taken = TAKEN.find((path) => inside.startsWith(`${path}/`) || (inside === path && path === "/init"));
  if (taken === undefined) return;
  const detail = `${inside} is ${taken === "/init" || taken === "/etc/muster" ? "Muster's own" : `covered by what is mounted at ${taken}`}`;
  throw badFile(source, detail, "Give it another path inside.");
}

/**
 * All entries with the directories that they lie in: each path once.
 *
 * @throws `image.bad-file` where two are not the same directory, or something lies in what is no directory
 */
export function wholeTree(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const tree = new Map<string, Entry>();
  for (const entry of entries) {
    const other = tree.get(entry.path);
    if (other === undefined || (other.kind === "directory" && other.open !== true)) tree.set(entry.path, entry);
    if (other === undefined || (other.kind === "directory" && entry.kind === "directory")) continue;
    throw badFile(entry.path, "something else is at this path already", "Keep one of them.");
  }
  for (const { path } of entries) {
    for (let above = dirname(path); above !== "/"; above = dirname(above)) {
      const found = tree.get(above);
      if (found === undefined) tree.set(above, { kind: "directory", path: above });
      else if (found.kind === "directory") break;
      else throw badFile(path, `${above} is a ${found.kind}, and no directory`, "Name the directory that it leads to.");
    }
  }
  return tree;
}

/** The file that a path leads to inside; undefined where it leads to none. Links are followed, in any part of it. */
export function fileAt(tree: ReadonlyMap<string, Entry>, path: string): (Entry & { kind: "file" }) | undefined {
  let at = path;
  for (let links = 0; links < 40; links++) {
    const steps = at.split("/").slice(1);
    const prefixes = steps.map((_, index) => `/${steps.slice(0, index + 1).join("/")}`);
    const link = prefixes.map((prefix) => tree.get(prefix)).find((entry) => entry?.kind === "link");
    if (link?.kind !== "link") {
      const found = tree.get(at);
      return found?.kind === "file" ? found : undefined;
    }
    at = posix.join(dirname(link.path), link.target, at.slice(link.path.length));
  }
  return undefined;
}

function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    const fix = "Name a file or a directory that is there and can be read.";
    throw new MusterError("image.bad-file", { file, detail: messageOf(thrown), fix }, { cause: thrown });
  }
}

function badFile(file: string, detail: string, fix: string): MusterError {
  return new MusterError("image.bad-file", { file, detail, fix });
}
