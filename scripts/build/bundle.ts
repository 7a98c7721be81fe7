/** Many modules become few: to find, to strip and to link each costs time at every start. */
import { join, relative } from "node:path";
import { type OutputChunk, type Plugin, rolldown } from "rolldown";

const ROOT = join(import.meta.dirname, "../..");

/** What `yaml` has for Node asks the environment at every token whether it is to be printed; what it has for all others is the same without. */
const ALIASES = { yaml: join(ROOT, "node_modules/yaml/browser/dist/index.js") };

/**
 * Writes `dist/NAME.js` for each entry, and beside them what they share and what is loaded later. Nothing is shortened: what an
 * error took its way through has the names that it has in the source.
 *
 * @param entries by their names; paths from the top of the clone
 * @param external what stays a package of its own
 * @returns the files of other packages that are in it
 */
export async function bundle(
  entries: Readonly<Record<string, string>>,
  folder: string,
  external: readonly string[],
): Promise<readonly string[]> {
  const builder = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(ROOT, path)])),
    platform: "node",
    external: [...external],
    resolve: { alias: ALIASES },
    plugins: [byAddress()],
  });
  try {
    const { output } = await builder.write({
      dir: join(folder, "dist"),
      format: "esm",
      entryFileNames: "[name].js",
      chunkFileNames: ({ name, moduleIds }) => `${name === "src" ? roomOf(moduleIds) : "[name]"}-[hash].js`,
      comments: false,
    });
    const chunks = output.filter((each): each is OutputChunk => each.type === "chunk");
    return chunks.flatMap(({ moduleIds }) => moduleIds).filter((id) => id.includes("/node_modules/"));
  } finally {
    await builder.close();
  }
}

/** `new URL("./evaluate-child.ts", import.meta.url)`: a module that is run, or handed on, by its address. */
const ADDRESS = /new URL\("(\.[^"]*\.ts)", import\.meta\.url\)/g;
/** `import.meta.resolve("@muster/sdk")`: the same, by its name. */
const NAME = /import\.meta\.resolve\("([^"]+)"\)/g;
/** `require("yaml")`, by a `require` that `createRequire` made: loaded when it is needed, and at once. */
const REQUIRED = /\brequire\("([^"]+)"\)/g;

/** What a module names by an address is in no import: it becomes an entry, and its new address is put in. */
function byAddress(): Plugin {
  const names = new Map<string, string>();
  return {
    name: "by-address",
    async transform(code, id) {
      if (id.includes("/node_modules/") || (!code.includes("import.meta.url") && !code.includes("import.meta.resolve")))
        return null;
      const entryFor = async (specifier: string): Promise<string> => {
        const found = await this.resolve(specifier, id);
        if (found === null) throw new Error(`${relative(ROOT, id)} names ${specifier}, which is not there`);
        const known = names.get(found.id);
        if (known !== undefined) return known;
        const name = `${nameOf(found.id)}.js`;
        names.set(found.id, name);
        this.emitFile({ type: "chunk", id: found.id, fileName: name });
        return name;
      };
      const addressed = await replaced(
        code,
        ADDRESS,
        async (to) => `new URL("./${await entryFor(to)}", import.meta.url)`,
      );
      const named = await replaced(
        addressed,
        NAME,
        async (to) => `new URL("./${await entryFor(to)}", import.meta.url).href`,
      );
      if (!named.includes("createRequire(import.meta.url)")) return { code: named };
      return { code: await replaced(named, REQUIRED, async (to) => `require("./${await entryFor(to)}")`) };
    },
  };
}

/** `packages/declaration/src/evaluate-child.ts` → `declaration-evaluate-child`, `node_modules/yaml/…` → `yaml`. */
function nameOf(id: string): string {
  const path = relative(ROOT, id);
  const [, library] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  const [, room, file] = /^packages\/(.+)\/src\/(.+)\.ts$/.exec(path) ?? [];
  return (library ?? `${room}-${file}`).replaceAll("/", "-");
}

/** What rooms share has the name of the one whose door it is. */
function roomOf(modules: readonly string[]): string {
  const rooms = modules.flatMap((id) => /\/packages\/(?:providers\/)?([^/]+)\//.exec(id)?.[1] ?? []);
  return rooms.at(-1) ?? "[name]";
}

async function replaced(text: string, pattern: RegExp, by: (found: string) => Promise<string>): Promise<string> {
  const found = [...text.matchAll(pattern)];
  const put = await Promise.all(found.map(([, word = ""]) => by(word)));
  return text.replaceAll(pattern, () => put.shift() ?? "");
}
