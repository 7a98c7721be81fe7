/** What there is below a root, a page at a time. */
import { type Dirent, readdirSync } from "node:fs";
import { type Observed, systemCodeOf } from "@muster/model";
import { failureAt } from "./failure.ts";
import { inDirectory, type RootedWay } from "./folder.ts";
import { isTemporary } from "./temporary.ts";

/** A page has no more things, and when it has about so many characters it is full. */
const MOST_THINGS = 1000;
const MOST_CHARACTERS = 2 ** 20;

/**
 * Everything below the root that `isListed`, as `look` shows it. Links are not followed, half-written files are passed over,
 * and what went meanwhile is left out. Throws where a directory may not be looked into.
 *
 * @param look given the thing's path, and a path that leads to it for as long as the call runs
 */
export async function* listBelow<P extends object>(
  way: RootedWay,
  isListed: (entry: Dirent) => boolean,
  look: (path: string, at: string) => Observed<P> | undefined,
): AsyncIterable<readonly Observed<P>[]> {
  const directories = [way.root];
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    const path = directory === "/" ? "" : directory;
    const entries = inThere(directory, way, (at) => readdirSync(at, { withFileTypes: true }));
    for (const entry of entries) if (entry.isDirectory()) directories.push(`${path}/${entry.name}`);
    const names = entries.filter((each) => isListed(each) && !isTemporary(each.name)).map(({ name }) => name);
    while (names.length > 0) {
      const page = inThere(directory, way, (at) => pageOf(names, (name) => look(`${path}/${name}`, `${at}/${name}`)));
      if (page.length === 0) break;
      yield page;
    }
  }
}

/** Nothing where the directory went meanwhile. */
function inThere<T>(directory: string, way: RootedWay, use: (at: string) => readonly T[]): readonly T[] {
  try {
    return inDirectory(directory, way, false, use);
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (directory !== way.root && (code === "ENOENT" || code === "ENOTDIR")) return [];
    throw failureAt(directory, thrown);
  }
}

/** Takes as many of the names as a page holds. */
function pageOf<P extends object>(
  names: string[],
  look: (name: string) => Observed<P> | undefined,
): readonly Observed<P>[] {
  const page: Observed<P>[] = [];
  let characters = 0;
  while (page.length < MOST_THINGS && characters < MOST_CHARACTERS) {
    const name = names.pop();
    if (name === undefined) break;
    const found = look(name);
    if (found === undefined) continue;
    page.push(found);
    characters += sizeOf(found.properties);
  }
  return page;
}

function sizeOf(properties: object): number {
  let characters = 0;
  for (const value of Object.values(properties)) if (typeof value === "string") characters += value.length;
  return characters;
}
