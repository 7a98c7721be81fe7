/** From a manifest to an image. Of the same manifest and the same files comes the same digest, wherever and whenever. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { MusterError } from "@muster/model";
import { billOf, type Material, type Records } from "./bom.ts";
import { MAX_COMMAND_LINE, MAX_KERNEL } from "./bounds.ts";
import { type CommandDeps, runBuild } from "./command.ts";
import { type Entry, writeArchive } from "./cpio.ts";
import { copyPart, openHome, PARTS, putInPlace, setName, whileMaking, writePart } from "./home.ts";
import type { Digest, ImageText, Kind } from "./image.ts";
import { isWhole, listedImage, sizeOf } from "./images.ts";
import { examineKernel, type Kernel } from "./kernel.ts";
import { LINUX_COMMAND_LINE, linuxEntries, newestKernel, type Outfit } from "./linux.ts";
import type { Manifest } from "./manifest.ts";
import { withPorts } from "./own-words.ts";
import { digestOf, digestOfBytes, type Measured, startHash } from "./reading.ts";
import { bytesOfText } from "./text.ts";

/** The machine that builds: what of it becomes a part of images. */
export interface Host extends Records {
  /** Where kernels are installed. */
  readonly boot: string;
  /** In which `lib/modules` is. */
  readonly root: string;
}

export const THIS_HOST: Host = {
  boot: "/boot",
  root: "/",
  dpkg: "/var/lib/dpkg",
  osRelease: "/etc/os-release",
};

export interface BuildDeps extends Outfit, CommandDeps {
  /** The directory of images; it is made where it is not there. */
  readonly dir: string;
  /** That of the manifest: paths in it begin here, and `build` runs here. */
  readonly directory: string;
  readonly host?: Host;
}

export interface Built {
  readonly name: string;
  readonly digest: Digest;
  readonly kind: Kind;
  /** Bytes of what is booted, and of its text. */
  readonly size: number;
  /** False: it was there already, and nothing but perhaps its name was changed. */
  readonly isNew: boolean;
}

/** Builds an image and lets its name mean it. Throws MusterError of the family `image`; then nothing was changed. */
export async function buildImage(given: Manifest, deps: BuildDeps): Promise<Built> {
  const { dir, directory, host = THIS_HOST } = deps;
  const manifest = withPorts(given, (port) => port);
  if (manifest.build !== undefined) await runBuild(manifest.build.command, directory, deps);
  openHome(dir);
  return whileMaking(dir, async (folder) => {
    const parts = await makeParts(manifest, folder, deps, host);
    const bytes = bytesOfText(parts.text);
    const digest = digestOfBytes(bytes);
    writePart(dir, join(folder, PARTS.text), (put) => put(bytes));
    const bill = billOf(digest, manifest.image, parts.materials, host);
    writePart(dir, join(folder, PARTS.bom), (put) => put(Buffer.from(bill)));
    const isNew = putInPlace(dir, folder, digest, () => isWhole(dir, digest));
    setName(dir, manifest.image, digest);
    return { name: manifest.image, digest, kind: manifest.kind, size: sizeOf(listedImage(dir, digest)), isNew };
  });
}

interface Parts {
  readonly text: ImageText;
  readonly materials: readonly Material[];
}

async function makeParts(manifest: Manifest, folder: string, deps: BuildDeps, host: Host): Promise<Parts> {
  const kernel = kernelOf(manifest, deps.directory, host);
  const { env, ports, memory, cpus, health } = manifest;
  const common = { v: 1, env, ports, memory, cpus, ...(health === undefined ? {} : { health }) } as const;
  const copied = copyPart(kernel.path, join(folder, PARTS.kernel), { dir: deps.dir, limit: MAX_KERNEL, follow: true });
  const material: Material = { name: "kernel", digest: copied.digest, source: kernel.path };
  if (manifest.kind === "unikernel") {
    const commandLine = manifest.args.join(" ");
    confirmFits("`args` together", commandLine.length, MAX_COMMAND_LINE);
    confirmFits("the kernel", copied.size, memory);
    return { text: { ...common, kind: "unikernel", kernel: copied.digest, commandLine }, materials: [material] };
  }
  return whileMaking(deps.dir, async (into) => {
    const init = await deps.init(into);
    const { directory, modules } = deps;
    const entries = linuxEntries({ manifest, directory, kernel, init, modules, root: host.root });
    const { initrd, files } = writeInitrd(entries, join(folder, PARTS.initrd), deps.dir);
    confirmFits("kernel and files together", copied.size + initrd.size, memory);
    const kind = { kind: "linux", commandLine: LINUX_COMMAND_LINE } as const;
    const text = { ...common, ...kind, kernel: copied.digest, initrd: initrd.digest };
    return { text, materials: [material, ...files] };
  });
}

function kernelOf(manifest: Manifest, directory: string, host: Host): Kernel & { readonly path: string } {
  const path = manifest.kernel === undefined ? newestKernel(host.boot) : resolve(directory, manifest.kernel);
  if (!existsSync(path)) throw new MusterError("image.no-kernel", { where: `at ${path}` });
  return { path, ...examineKernel(path) };
}

function writeInitrd(
  entries: readonly Entry[],
  to: string,
  dir: string,
): { readonly initrd: Measured; readonly files: readonly Material[] } {
  const sources = new Map(
    entries.flatMap((entry) =>
      entry.kind === "file" && "file" in entry.from ? [[entry.path, entry.from.file] as const] : [],
    ),
  );
  const hash = startHash();
  let size = 0;
  const files = writePart(dir, to, (put) =>
    writeArchive(entries, (bytes) => {
      hash.update(bytes);
      size += bytes.length;
      put(bytes);
    }),
  );
  return {
    initrd: { digest: digestOf(hash), size },
    files: files.map(({ path, digest }) => {
      const source = sources.get(path);
      return { name: path, digest, ...(source === undefined ? {} : { source }) };
    }),
  };
}

/** @param limit in bytes, as `found` */
function confirmFits(what: string, found: number, limit: number): void {
  if (found <= limit) return;
  throw new MusterError("image.too-large", { what, found: `${found} bytes`, limit: `${limit}` });
}
