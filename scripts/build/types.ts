/** What an editor is told of the SDK: declarations as the compiler writes them, of all rooms that it names. */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/**
 * Writes declarations to `types` in the folder.
 *
 * @param doors paths from the top of the clone
 * @returns gives the path of a door's declarations, as a package.json has it
 */
export function declareTypes(doors: readonly string[], folder: string): (door: string) => string {
  const rooms = roomsByName();
  const types = join(folder, "types");
  const config = join(folder, "tsconfig.json");
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: {
        ...{ noEmit: false, emitDeclarationOnly: true, declaration: true, stripInternal: true },
        ...{ rootDir: join(ROOT, "packages"), outDir: types, typeRoots: [join(ROOT, "node_modules/@types")] },
        // What is found in node_modules is another's, and gets no declarations: the rooms are found where they are.
        paths: Object.fromEntries([...rooms].map(([name, door]) => [name, [door]])),
      },
      include: [],
      files: doors.map((door) => join(ROOT, door)),
    }),
  );
  execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", config], { stdio: "inherit" });
  rmSync(config);
  const pathOf = (source: string) => join(types, relative(join(ROOT, "packages"), source)).replace(/\.ts$/, ".d.ts");
  const reached = closure(
    doors.map((door) => pathOf(join(ROOT, door))),
    rooms,
    pathOf,
  );
  for (const file of globSync(join(types, "**/*.d.ts"))) if (!reached.has(file)) rmSync(file);
  return (door) => `./${relative(folder, pathOf(join(ROOT, door)))}`;
}

const NAMED = /(from |import\()"(@muster\/[^"]+)"/g;
const NEAR = /(?:from |import\(|import )"(\.[^"]+)\.ts"/g;

/** What is reached from there; each is written anew, with a path where it names a room. */
function closure(
  begin: readonly string[],
  rooms: ReadonlyMap<string, string>,
  pathOf: (source: string) => string,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...begin];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const folder = dirname(file);
    const text = readFileSync(file, "utf8").replace(NAMED, (_, how: string, name: string) => {
      const door = rooms.get(name);
      if (door === undefined) throw new Error(`${file} names ${name}, which is no room`);
      const path = relative(folder, pathOf(door)).replace(/\.d\.ts$/, ".ts");
      return `${how}"${path.startsWith(".") ? path : `./${path}`}"`;
    });
    writeFileSync(file, text);
    for (const [, path = ""] of text.matchAll(NEAR)) open.push(join(folder, `${path}.d.ts`));
  }
  return reached;
}

interface Room {
  readonly name: string;
  /** Its one door, or its doors by what is written behind its name. */
  readonly exports: string | Readonly<Record<string, string>>;
}

/** `@muster/model` → its `src/index.ts`, `@muster/checks/probes` → that door. The command is nobody's room. */
function roomsByName(): ReadonlyMap<string, string> {
  const rooms = new Map<string, string>();
  for (const file of globSync(join(ROOT, "packages/{*,providers/*}/package.json"))) {
    const { name, exports }: Room = JSON.parse(readFileSync(file, "utf8"));
    if (name === "@muster/cli") continue;
    const doors = typeof exports === "string" ? { ".": exports } : exports;
    for (const [behind, door] of Object.entries(doors)) rooms.set(join(name, behind), join(dirname(file), door));
  }
  return rooms;
}
