/** Which package of Debian's (or Ubuntu's) a file of this machine is from, as dpkg has written it down. */
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { systemCodeOf } from "@muster/model";

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/**
 * The packages of files, for those that are of one. A machine without dpkg has none.
 *
 * @param files absolute paths
 * @param dpkg the directory in which dpkg keeps its records
 */
export function packagesOf(files: readonly string[], dpkg: string): ReadonlyMap<string, Package> {
  const asked = new Map(files.flatMap((file) => formsOf(file).map((form) => [form, file] as const)));
  const lists = asked.size === 0 ? [] : (unlessMissing(() => readdirSync(join(dpkg, "info"))) ?? []);
  const owners = new Map<string, string>();
  for (const list of lists.filter((name) => name.endsWith(".list")).sort()) {
    for (const line of readFileSync(join(dpkg, "info", list), "utf8").split("\n")) {
      const file = asked.get(line);
      if (file !== undefined) owners.set(file, list.slice(0, -".list".length));
    }
  }
  if (owners.size === 0) return new Map();
  const installed = installedIn(readFileSync(join(dpkg, "status"), "utf8"));
  const found = [...owners].map(([file, owner]) => [file, installed.get(owner)] as const);
  return new Map(found.filter((each): each is readonly [string, Package] => each[1] !== undefined));
}

/** How a package may have written the path down: since `/bin` became a link to `/usr/bin`, in two ways. */
function formsOf(file: string): readonly string[] {
  const paths = [file, unlessMissing(() => realpathSync(file)) ?? file];
  const merged = (path: string): string => (path.startsWith("/usr/") ? path.slice("/usr".length) : `/usr${path}`);
  return [...new Set(paths.flatMap((path) => [path, merged(path)]))];
}

/** Packages by the name of their list: `libc6:amd64` where there may be several, else `make`. */
function installedIn(status: string): ReadonlyMap<string, Package> {
  const packages = new Map<string, Package>();
  for (const paragraph of status.split("\n\n")) {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1] ?? "";
    const one = { name: field("Package"), version: field("Version"), architecture: field("Architecture") };
    if (one.name === "" || one.version === "") continue;
    packages.set(`${one.name}:${one.architecture}`, one);
    packages.set(one.name, one);
  }
  return packages;
}

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (["ENOENT", "ENOTDIR"].includes(systemCodeOf(thrown) ?? "")) return undefined;
    throw thrown;
  }
}
