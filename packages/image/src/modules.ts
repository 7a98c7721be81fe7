/** The modules that a kernel of Linux needs to be a machine here, as far as they are not built into it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { MusterError } from "@muster/model";

/**
 * Where the modules of a kernel lie: `lib/modules/VERSION` in the tree that it is in, else in this machine's own.
 *
 * @param root `/`, from which this machine's own are found
 */
export function modulesDirectory(kernel: string, version: string, root: string): string {
  const beside = join(dirname(dirname(kernel)), "lib/modules", version);
  return existsSync(beside) ? beside : join(root, "lib/modules", version);
}

/**
 * The files of modules, in the order of their names; what is built in is left out.
 *
 * @param dir `lib/modules/VERSION`
 * @throws `image.no-module`, which names the first that is neither there nor built in
 */
export function moduleFiles(dir: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const builtIn = new Set(builtInBy(dir).map(nameOf));
  const wanted = names.filter((name) => !builtIn.has(plain(name)));
  const files = new Map(wanted.length === 0 ? [] : filesIn(dir).map((file) => [nameOf(file), file] as const));
  return wanted.map((name) => {
    const file = files.get(plain(name));
    if (file === undefined) throw new MusterError("image.no-module", { module: name, dir, detail: "" });
    if (file.endsWith(".ko")) return join(dir, file);
    const detail = ` in a form that the machine reads: ${file} is compressed, and must be a \`.ko\``;
    throw new MusterError("image.no-module", { module: name, dir, detail });
  });
}

function builtInBy(dir: string): readonly string[] {
  const file = join(dir, "modules.builtin");
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").split("\n").filter(Boolean);
}

const MODULE = /\.ko(\.(xz|zst|gz))?$/;

/** In their own order: of two of one name the last one is taken, whatever the disk lists first. */
function filesIn(dir: string): readonly string[] {
  if (!existsSync(join(dir, "kernel"))) return [];
  const found = readdirSync(join(dir, "kernel"), { recursive: true, encoding: "utf8" });
  return found
    .filter((file) => MODULE.test(file))
    .map((file) => join("kernel", file))
    .sort();
}

function nameOf(file: string): string {
  return plain(basename(file).replace(MODULE, ""));
}

/** A dash and an underscore are the same to the kernel. */
function plain(name: string): string {
  return name.replaceAll("-", "_");
}
