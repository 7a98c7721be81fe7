/** What is on the disk: the files of instances with their marks, the files that groups of `file` hold, and what is neither. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type Mark, musterMarks, systemCodeOf, type Tags } from "@muster/model";

/** A file among the instances. */
export interface InstanceSeen {
  readonly id: string;
  /** Missing on what is not Muster's, and on what cannot be read as an instance. */
  readonly mark?: Mark;
  /** It has an instance's name, and is no whole JSON. */
  readonly broken?: true;
}

export interface Disk {
  /** All at one moment. */
  instances(): readonly InstanceSeen[];
  /** The paths of the files below the directory of `file`, with those of half-written ones. */
  files(): readonly string[];
  /** What lies in Muster's workshop. */
  workshop(): readonly string[];
}

/** @param instances the directory of `instance-file` @param files where the groups of `file` have a directory each */
export function openDisk(instances: string, files: string): Disk {
  const known = new Map<string, InstanceSeen>();

  function look(id: string): InstanceSeen | undefined {
    const before = known.get(id);
    if (before !== undefined) return before;
    const text = unlessGone(() => readFileSync(join(instances, id), "utf8"));
    if (text === undefined) return undefined;
    const seen = readInstance(id, text);
    known.set(id, seen);
    return seen;
  }

  return {
    instances: () =>
      namesIn(instances)
        .filter((name) => !name.startsWith("."))
        .flatMap((name) => look(name) ?? []),
    files: () => namesIn(files).flatMap((group) => namesIn(join(files, group)).map((name) => join(files, group, name))),
    workshop: () => namesIn(join(instances, ".muster")),
  };
}

const INSTANCE = /^instance-\d+$/;

function readInstance(id: string, text: string): InstanceSeen {
  try {
    const record: unknown = JSON.parse(text);
    const tags = isObject(record) ? record["Tags"] : undefined;
    const mark = isObject(tags) ? musterMarks.read(tags as Tags) : undefined;
    return mark === undefined ? { id } : { id, mark };
  } catch {
    return INSTANCE.test(id) ? { id, broken: true } : { id };
  }
}

function namesIn(directory: string): readonly string[] {
  return unlessGone(() => readdirSync(directory)) ?? [];
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}
