/** What an image of Linux is made of beside its program: which kernel, which modules, and what its init is told. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { MusterError, messageOf, systemCodeOf } from "@muster/model";
import { MAX_RUN } from "./bounds.ts";
import type { Entry } from "./cpio.ts";
import { elfOf, SEGMENT, X86_64 } from "./elf.ts";
import type { Kernel } from "./kernel.ts";
import type { LinuxManifest } from "./manifest.ts";
import { moduleFiles, modulesDirectory } from "./modules.ts";
import { Unreadable, withFile } from "./reading.ts";
import { declaredEntries, fileAt, wholeTree } from "./tree.ts";

/** The console that is the machine's output; silence besides; and a panic is an end, not a wait. */
export const LINUX_COMMAND_LINE = "console=ttyS0 quiet panic=-1";

const MODULES = "/etc/muster/ko";
const MAX_PROGRAM = 2 ** 31;

/** What comes from elsewhere: how the init is had, and which modules a machine needs, in loading order. */
export interface Outfit {
  /**
   * The path of a static program that becomes `/init`.
   *
   * @param into an empty directory to make it in, which is there until the image is built
   */
  init(into: string): Promise<string>;
  readonly modules: readonly string[];
}

/** The newest kernel in a directory, by the number in its name. Throws `image.no-kernel`. */
export function newestKernel(boot: string): string {
  const newest = kernelsIn(boot).toSorted(byVersion).at(-1);
  if (newest === undefined) throw new MusterError("image.no-kernel", { where: `at ${boot}/vmlinuz-*` });
  return join(boot, newest);
}

function kernelsIn(boot: string): readonly string[] {
  try {
    return readdirSync(boot).filter((name) => name.startsWith("vmlinuz-"));
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return [];
    throw new MusterError("image.no-kernel", { where: `that can be seen: ${messageOf(thrown)}` }, { cause: thrown });
  }
}

/** Numbers as numbers: 6.10 comes after 6.9. */
function byVersion(a: string, b: string): number {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  for (const [index, word] of left.entries()) {
    const other = right[index] ?? "";
    if (word === other) continue;
    const both = /^\d/.test(word) && /^\d/.test(other);
    if (both && Number(word) !== Number(other)) return Number(word) - Number(other);
    return word < other ? -1 : 1;
  }
  return left.length - right.length;
}

function wordsOf(name: string): readonly string[] {
  return name.match(/\d+|\D+/g) ?? [];
}

export interface LinuxParts {
  readonly manifest: LinuxManifest;
  /** That of the manifest. */
  readonly directory: string;
  readonly kernel: Kernel & { readonly path: string };
  /** The path of the init. */
  readonly init: string;
  /** The names of modules, in loading order. */
  readonly modules: readonly string[];
  /** `/`, in which the modules of an installed kernel are. */
  readonly root: string;
}

/**
 * Everything that the kernel unpacks into memory.
 *
 * @throws `image.bad-file`, `image.not-static`, `image.no-module`, `image.too-large`
 */
export function linuxEntries(parts: LinuxParts): readonly Entry[] {
  const { manifest, directory } = parts;
  const init = resolve(parts.init);
  confirmStatic(init, init);
  const modules = modulesFor(parts);
  const tree = wholeTree([
    ...DIRECTORIES,
    { kind: "file", path: "/init", runs: true, from: { file: init } },
    ...modules.map(({ file, path }): Entry => ({ kind: "file", path, runs: false, from: { file } })),
    made("/etc/muster/modules", modules.map(({ path }) => `${path}\n`).join("")),
    made("/etc/muster/run", runText(manifest)),
    ...declaredEntries(manifest.files, directory),
  ]);
  confirmProgram(tree, manifest.entrypoint[0]);
  return [...tree.values()];
}

const DIRECTORIES: readonly Entry[] = [
  ...["/proc", "/sys", "/dev", "/run", "/etc/muster"].map((path): Entry => ({ kind: "directory", path })),
  { kind: "directory", path: "/tmp", open: true },
];

/** Throws `image.bad-file` and `image.not-static` where the program could not be run inside. */
function confirmProgram(tree: ReadonlyMap<string, Entry>, program: string): void {
  const { from, runs = false } = fileAt(tree, program) ?? {};
  if (from === undefined || !("file" in from)) {
    const [detail, fix] = ["`entrypoint` names it, and it is not there", "Give it a path under `files`."];
    throw new MusterError("image.bad-file", { file: program, detail, fix });
  }
  if (!runs) {
    const [detail, fix] = ["it cannot be run by its owner", `chmod +x ${from.file}`];
    throw new MusterError("image.bad-file", { file: from.file, detail, fix });
  }
  confirmStatic(from.file, program);
}

function made(path: string, text: string): Entry {
  return { kind: "file", path, runs: false, from: { bytes: Buffer.from(text) } };
}

interface Module {
  readonly file: string;
  /** Inside. */
  readonly path: string;
}

function modulesFor({ manifest, directory, kernel, modules: names, root }: LinuxParts): readonly Module[] {
  if (names.length === 0) return [];
  const given = manifest.modules === undefined ? undefined : resolve(directory, manifest.modules);
  if (given === undefined && kernel.version === undefined) {
    const detail = ": the kernel tells no version, and `modules` names no directory";
    throw new MusterError("image.no-module", { module: names[0] ?? "", dir: "a directory", detail });
  }
  const dir = given ?? modulesDirectory(kernel.path, kernel.version ?? "", root);
  if (!existsSync(dir)) {
    throw new MusterError("image.no-module", { module: names[0] ?? "", dir, detail: ", which is not there" });
  }
  return moduleFiles(dir, names).map((file) => ({ file, path: `${MODULES}/${basename(file)}` }));
}

/**
 * What the init reads: texts that end with a zero byte each. User, group, the environment as `NAME=VALUE` in the order of
 * their names, an empty text, and the program with its arguments.
 */
export function runText({ user, env, entrypoint }: Pick<LinuxManifest, "user" | "env" | "entrypoint">): string {
  const names = Object.keys(env).sort();
  const entries = names.map((name) => `${name}=${env[name] ?? ""}`);
  const texts = [user.uid, user.gid, ...entries, "", ...entrypoint];
  const text = texts.map((each) => `${each}\0`).join("");
  const found = Buffer.byteLength(text);
  if (found <= MAX_RUN) return text;
  throw new MusterError("image.too-large", { what: "`env` and `entrypoint` together", found, limit: MAX_RUN });
}

/**
 * Throws `image.not-static` where a program needs anything beside the kernel.
 *
 * @param program how it is called
 */
export function confirmStatic(file: string, program: string): void {
  try {
    withFile(
      file,
      MAX_PROGRAM,
      (open) => {
        const elf = elfOf(open);
        if (elf === undefined)
          throw new Unreadable("is no ELF program: a script needs an interpreter, which is none here");
        if (elf.machine !== X86_64) throw new Unreadable(`is made for another machine than x86-64 (${elf.machine})`);
        const isDynamic = elf.segments.some(({ type }) => type === SEGMENT.interpreter);
        if (isDynamic) throw new Unreadable("is linked dynamically (its ELF has a PT_INTERP)");
      },
      true,
    );
  } catch (thrown) {
    const detail = `${file} ${messageOf(thrown)}`;
    throw new MusterError("image.not-static", { program, detail }, { cause: thrown });
  }
}
