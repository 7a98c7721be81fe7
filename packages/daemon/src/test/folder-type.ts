/** A type for tests, as small as a real one can be: a JSON file per instance in a directory. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bears, type Observed } from "@muster/model";
import { type InstanceSpec, type Io, instanceSpec, type TaggedProvider, type TaggedType } from "@muster/plugin";
import { FOLDER_TOOLS, streamsIn } from "./folder-streams.ts";

/** An alias, not an interface: only so it counts as JSON. */
type Settings = { readonly dir: string };

const settings = instanceSpec.pick({}).extend({ dir: instanceSpec.shape.init.unwrap() });

export function folderType(name = "instance-file"): TaggedType<InstanceSpec, Settings> {
  return {
    known: "tags",
    name,
    summary: "a file per instance",
    schema: instanceSpec,
    settings,
    effects: {},
    settleMs: 0,
    local: true,
    tools: FOLDER_TOOLS,
    open: async ({ dir }, io) => folder(dir, io),
  };
}

export function folder(dir: string, io: Io): TaggedProvider<InstanceSpec> {
  mkdirSync(dir, { recursive: true });

  function read(id: string): Observed<InstanceSpec> {
    const { tags, properties } = JSON.parse(readFileSync(join(dir, id), "utf8"));
    return { id, tags, properties, phase: "running", since: 0 };
  }

  return {
    known: "tags",
    scope: dir,
    ...streamsIn(dir),
    async *list(by) {
      yield namesIn(dir)
        .map(read)
        .filter(({ tags }) => bears(tags, by));
    },
    async create(want, tags) {
      const id = `instance-${Buffer.from(io.randomBytes(8)).toString("hex")}`;
      const temporary = join(dir, `.${id}`);
      writeFileSync(temporary, JSON.stringify({ tags, properties: want }));
      renameSync(temporary, join(dir, id));
      return { id };
    },
    async destroy(id) {
      rmSync(join(dir, id), { force: true });
    },
    watch(wake, signal) {
      watch(dir, { persistent: false, signal }, wake).on("error", () => wake());
    },
  };
}

export function namesIn(dir: string): readonly string[] {
  return readdirSync(dir).filter((name) => !name.startsWith("."));
}

/** The same, with a directory for whoever names none: as the built-in type has one. */
export function folderTypeIn(dir: string): TaggedType<InstanceSpec, Settings> {
  return { ...folderType(), settings: settings.extend({ dir: settings.shape.dir.default(dir) }) };
}
