import { accessSync, constants, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { bears, systemCodeOf, type Tags } from "@muster/model";
import {
  type InstanceSpec,
  type Io,
  instanceSpec,
  makeDirectories,
  ProviderError,
  type TaggedProvider,
  type TaggedType,
} from "@muster/plugin";
import { z } from "zod";
import { attempt, failureAt } from "./failure.ts";
import { makeDirectory } from "./folder.ts";
import { gathered } from "./gathered.ts";
import { instanceDirectory, RECORD_LIMIT, readPlainFile } from "./instance-directory.ts";
import { recordOf, retagged } from "./instance-record.ts";
import { discard, randomNumbers, sweepTemporary, temporaryName } from "./temporary.ts";
import { watchDirectory } from "./watch-directory.ts";

export const instanceFileSettings = z.strictObject({
  dir: z.string().min(1).describe("The directory that holds the files; it is made when it is not there"),
});
/** The same, with a directory for whoever names none. */
export function instanceFileSettingsIn(directory: string) {
  return instanceFileSettings.extend({ dir: instanceFileSettings.shape.dir.default(directory) });
}
export type InstanceFileSettings = z.infer<typeof instanceFileSettings>;

const PAGE = 1000;

/**
 * Files are written in here, and moved out when they are whole. A directory of its own, because whoever watches the
 * directory of the instances is told of everything in it: four hints for each file instead of one.
 */
const WORKSHOP = ".muster";

/** A JSON file per instance in a directory, as InfraKit's file plugin writes it. */
export const instanceFile: TaggedType<InstanceSpec, InstanceFileSettings> = {
  known: "tags",
  name: "instance-file",
  summary: "A JSON file per instance in a directory, as InfraKit's file plugin writes it",
  schema: instanceSpec,
  settings: instanceFileSettings,
  effects: {},
  settleMs: 0,
  local: true,
  open: async ({ dir }, io) => openDirectory(resolve(dir), io),
  openToLook: async ({ dir }, io) => lookInto(resolve(dir), io),
};

function openDirectory(dir: string, io: Io): TaggedProvider<InstanceSpec> {
  makeWithParents(dir);
  attempt(workshopIn(dir), () => openWorkshop(workshopIn(dir)));
  return { ...providerIn(dir, io), watch: (wake, signal) => watchInstances(dir, wake, signal) };
}

/** Where nobody has made the directory yet nothing is in it, and whoever works there would make it. */
function lookInto(dir: string, io: Io): TaggedProvider<InstanceSpec> {
  const there = attempt(dir, () => statSync(dir, { throwIfNoEntry: false }));
  if (there?.isDirectory() === false) throw new ProviderError("invalid", `${dir}: it is not a directory`);
  const provider = providerIn(dir, io);
  if (there !== undefined) return provider;
  return {
    ...provider,
    async *list() {
      // Nothing to show.
    },
  };
}

function workshopIn(dir: string): string {
  return `${dir}/${WORKSHOP}`;
}

function providerIn(dir: string, io: Io): TaggedProvider<InstanceSpec> {
  const workshop = workshopIn(dir);
  const nextNumber = randomNumbers(io);
  const instances = instanceDirectory(dir, io.now);
  const everything = gathered(() => instances.these(namesIn(dir)));

  return {
    known: "tags",
    scope: dir,

    async validate(want) {
      sizeOf(recordOf("instance-0", want, {}, io.now()).text);
      attempt(dir, () => assertWritable(dir));
    },

    async *list(by) {
      const found = (await everything()).filter((each) => bears(each.tags, by));
      for (let at = 0; at < found.length; at += PAGE) yield found.slice(at, at + PAGE);
    },

    async read(id) {
      return instances.one(fileName(id));
    },

    async create(want, tags) {
      const number = nextNumber();
      const id = `instance-${number}`;
      const { text, instance } = recordOf(id, want, tags, io.now());
      const size = sizeOf(text);
      if (instances.knows(id)) throw new ProviderError("conflict", `${dir}/${id} is there already`);
      attempt(`${dir}/${id}`, () => writeNew(dir, id, `${workshop}/${temporaryName(number)}`, text));
      instances.written(instance, size);
      return { id };
    },

    async retag(id, tags) {
      const path = `${dir}/${fileName(id)}`;
      attempt(path, () => rewrite(path, `${workshop}/${temporaryName(nextNumber())}`, id, tags));
    },

    async destroy(id) {
      const path = `${dir}/${fileName(id)}`;
      attempt(path, () => discard(path));
    },
  };
}

function watchInstances(dir: string, wake: () => void, signal: AbortSignal): void {
  const changed = (name: string | null): void => {
    if (name === null || !name.startsWith(".")) wake();
  };
  watchDirectory(dir, changed, signal);
}

function makeWithParents(dir: string): void {
  try {
    makeDirectories(dir, 0o700);
  } catch (thrown) {
    if (systemCodeOf(thrown) === "EEXIST") throw new ProviderError("invalid", `${dir}: it is not a directory`);
    throw failureAt(dir, thrown);
  }
}

function assertWritable(dir: string): void {
  try {
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (thrown) {
    // One that was removed is made again by the next create.
    if (systemCodeOf(thrown) !== "ENOENT") throw thrown;
  }
}

/**
 * A directory that was removed holds nothing: its instances went with it. But where the one above is gone too, a disk
 * may have been taken away, and nothing can be told.
 */
function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).filter((name) => !name.startsWith("."));
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "ENOENT") throw failureAt(dir, thrown);
    attempt(dirname(dir), () => accessSync(dirname(dir), constants.R_OK | constants.X_OK));
    return [];
  }
}

function openWorkshop(workshop: string): void {
  makeDirectory(workshop, 0o700);
  sweepTemporary(workshop);
}

/** A directory that was removed is made again, but not the one above it: that may be a disk that was taken away. */
function writeNew(dir: string, id: string, temporary: string, text: string): void {
  try {
    writeWhole(dir, id, temporary, text);
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "ENOENT") throw thrown;
    makeDirectory(dir, 0o700);
    makeDirectory(dirname(temporary), 0o700);
    writeWhole(dir, id, temporary, text);
  }
}

/**
 * Under another name first, and then renamed, so that nobody sees half of it. A rename would take the place of a file that
 * has the name already: 63 random bits see to it that none has.
 */
function writeWhole(dir: string, id: string, temporary: string, text: string): void {
  try {
    // With the encoding named Node writes in one call instead of four.
    writeFileSync(temporary, text, { encoding: "utf8", flag: "wx", mode: 0o600 });
    renameSync(temporary, `${dir}/${id}`);
  } catch (thrown) {
    discard(temporary);
    throw thrown;
  }
}

function rewrite(path: string, temporary: string, id: string, tags: Tags): void {
  const text = retagged(id, readPlainFile(path), tags);
  sizeOf(text);
  try {
    writeFileSync(temporary, text, { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
  } finally {
    discard(temporary);
  }
}

/** In bytes. Throws `invalid` when the file would be too big to be read back. */
function sizeOf(text: string): number {
  const bytes = Buffer.byteLength(text);
  if (bytes <= RECORD_LIMIT) return bytes;
  throw new ProviderError("invalid", `an instance's file has at most ${RECORD_LIMIT} bytes, and this has ${bytes}`);
}

/** Ids are names of files in the one directory, and never a way out of it. */
function fileName(id: string): string {
  if (id !== "" && !id.startsWith(".") && !/[/\0]/.test(id)) return id;
  throw new ProviderError("invalid", `${JSON.stringify(id)} is not the name of an instance's file`);
}
