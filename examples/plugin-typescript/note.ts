// A note is a text file. Its tags lie apart, in `.tags`, so that anybody can write whatever they like into the text.
import { randomUUID } from "node:crypto";
import { watch } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, parse } from "node:path";
import { definePlugin, ProviderError, runPlugin, z } from "@muster/sdk";

const plugin = definePlugin({
  name: "note",
  settings: z.strictObject({ dir: z.string().default("notes") }),
  open: ({ dir }) => mkdir(join(dir, ".tags"), { recursive: true }),
  types: [
    {
      name: "note",
      summary: "a text file in a directory",
      schema: z.strictObject({ text: z.string() }),
      effects: { text: "in-place" },
      async list({ settings: { dir } }) {
        const names = (await readdir(dir)).filter((name) => /^note-.*\.txt$/.test(name));
        return Promise.all(names.map((name) => read(filesOf(dir, parse(name).name))));
      },
      async create({ text }, tags, { settings: { dir } }) {
        const files = filesOf(dir, `note-${randomUUID()}`);
        await writeFile(files.tags, JSON.stringify(tags));
        await write(files, text);
        return files.id;
      },
      update: ({ id }, { text }, { settings: { dir } }) => write(filesOf(dir, id), text),
      async destroy(id, { settings: { dir } }) {
        const files = filesOf(dir, id);
        await rm(files.text, { force: true });
        await rm(files.tags, { force: true });
      },
      watch: (wake, { settings: { dir }, signal }) => void watch(dir, { signal }, wake),
    },
  ],
});

type Files = ReturnType<typeof filesOf>;

function filesOf(dir: string, id: string) {
  if (!/^note-[\w-]+$/.test(id)) throw new ProviderError("invalid", `${id} is not the id of a note`);
  return { id, text: join(dir, `${id}.txt`), tags: join(dir, ".tags", `${id}.json`) };
}

async function read({ id, text, tags }: Files) {
  return { id, tags: JSON.parse(await readFile(tags, "utf8")), properties: { text: await readFile(text, "utf8") } };
}

/** Written beside first, so that nobody reads half a note. */
async function write(files: Files, text: string): Promise<void> {
  await writeFile(`${files.tags}.new`, text);
  await rename(`${files.tags}.new`, files.text);
}

export default plugin;
if (import.meta.main) await runPlugin(plugin);
