/** The directory of one process: what it was made of, and what it has printed. All but its log is a cache. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { isObject, type Json, type JsonObject, messageOf, type Tags } from "@muster/model";
import { attempt, ifThere } from "./failure.ts";
import { logFiles } from "./log-files.ts";
import { isTags } from "./mark.ts";
import { logOf, type ProcessProperties, processProperties } from "./properties.ts";

/** What a process was made of. */
export interface Spec {
  readonly tags: Tags;
  /** As declared: of a secret only where it is to be read. */
  readonly properties: Partial<ProcessProperties>;
  /** Milliseconds since 1970. */
  readonly made: number;
  /** What is declared of a thing of another type that this process is. */
  readonly thing?: JsonObject | undefined;
}

export type SpecRead = { readonly spec: Spec } | { readonly reason: string } | undefined;

const SPEC = "spec.json";
/** Where the first one was lost with its directory, it may say little. */
const declared = processProperties.partial();
const MOST = 4 * 1024 * 1024;

export function homeIn(dir: string, id: string): string {
  return `${dir}/${id}`;
}

/**
 * Makes the directory with all that is in it; where that fails, nothing of it is left.
 *
 * @param furnish puts into it what its process needs besides
 */
export function makeHome(home: string, spec: Spec, furnish?: () => void): void {
  attempt(home, () => {
    mkdirSync(home, { mode: 0o700 });
    try {
      writeFileSync(`${home}/${SPEC}`, textOf(spec), { encoding: "utf8", flag: "wx", mode: 0o600 });
      writeFileSync(`${home}/rotation`, rotationText(spec), { encoding: "utf8", flag: "wx", mode: 0o600 });
      furnish?.();
    } catch (thrown) {
      rmSync(home, { recursive: true, force: true });
      throw thrown;
    }
  });
}

/** Puts another spec in place of the one that is there; a directory that was removed is made again. */
export function changeHome(home: string, spec: Spec): void {
  attempt(home, () => {
    if (!existsSync(home)) mkdirSync(home, { mode: 0o700 });
    exchange(`${home}/${SPEC}`, textOf(spec));
    exchange(`${home}/rotation`, rotationText(spec));
    const { files } = logOf(spec.properties);
    for (const each of logFiles(home)) if (each.number >= files) unlinkSync(each.path);
  });
}

/** Gone in one step: what a Muster that dies in the middle leaves behind has no process's name any more. */
export function removeHome(dir: string, id: string): void {
  const home = homeIn(dir, id);
  attempt(home, () => {
    const aside = `${dir}/.${id}`;
    ifThere(() => renameSync(home, aside));
    rmSync(aside, { recursive: true, force: true });
  });
}

/** Reads specs, each again only when its file is another. */
export function specReader(dir: string) {
  let known = new Map<string, { readonly version: string; readonly read: SpecRead }>();

  return {
    read(id: string): SpecRead {
      const path = `${homeIn(dir, id)}/${SPEC}`;
      const stats = attempt(path, () => ifThere(() => statSync(path)));
      if (stats === undefined) return undefined;
      const version = `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
      const found = known.get(id);
      if (found?.version === version) return found.read;
      const read = stats.size > MOST ? { reason: `${SPEC} is too long` } : specAt(path);
      known.set(id, { version, read });
      return read;
    },
    /** Forgets all but these. */
    keep(ids: ReadonlySet<string>): void {
      known = new Map([...known].filter(([id]) => ids.has(id)));
    },
  };
}

function specAt(path: string): SpecRead {
  const text = attempt(path, () => ifThere(() => readFileSync(path, "utf8")));
  if (text === undefined) return undefined;
  try {
    const value: Json = JSON.parse(text);
    if (!isObject(value) || value["v"] !== 1) return { reason: `${SPEC} is not one of a process` };
    const { tags, properties, made, thing } = value;
    if (!isTags(tags) || typeof made !== "number") return { reason: `${SPEC} is not one of a process` };
    const spec = { tags, properties: declared.parse(properties), made };
    return { spec: thing !== undefined && isObject(thing) ? { ...spec, thing } : spec };
  } catch (thrown) {
    return { reason: `${SPEC} cannot be understood: ${messageOf(thrown)}` };
  }
}

function exchange(path: string, text: string): void {
  const temporary = `${path}.new`;
  try {
    writeFileSync(temporary, text, { encoding: "utf8", mode: 0o600 });
    renameSync(temporary, path);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
}

function textOf({ tags, properties, made, thing }: Spec): string {
  return `${JSON.stringify({ v: 1, tags, properties, made, thing }, null, 2)}\n`;
}

function rotationText({ properties }: Spec): string {
  const { size, files } = logOf(properties);
  return `${size} ${files}\n`;
}
