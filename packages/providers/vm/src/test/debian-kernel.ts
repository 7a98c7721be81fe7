/** Debian's kernel for machines in a cloud, out of its package: fetched once, unpacked, and never installed. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { promisify } from "node:util";
import { messageOf, systemCodeOf } from "@muster/model";

export interface DebianKernel {
  /** As in `6.1.0-13-cloud-amd64`. */
  readonly version: string;
  readonly vmlinuz: string;
  /** The folder `/lib/modules/VERSION/kernel` of the package. */
  readonly modules: string;
}

/** The package that always names the newest. */
const META = "linux-image-cloud-amd64";
const FETCH_MS = 120_000;
const call = promisify(execFile);

/** The kernel, or why it cannot be had here: it takes a Debian that has package lists, and a way to its packages. */
export async function debianKernel(): Promise<DebianKernel | { readonly lacking: string }> {
  const cache = `${tmpdir()}/muster-debian-kernel-${userInfo().uid}`;
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  try {
    return found(`${cache}/unpacked`) ?? (await fetched(cache));
  } catch (thrown) {
    return { lacking: messageOf(thrown).trim().split("\n").at(-1) ?? "" };
  }
}

function found(root: string): DebianKernel | undefined {
  const boot = entriesOf(`${root}/boot`).find((name) => name.startsWith("vmlinuz-"));
  if (boot === undefined) return undefined;
  const version = boot.slice("vmlinuz-".length);
  // Since Debian 13 what was /lib is packed as /usr/lib.
  const lib = entriesOf(`${root}/lib/modules`).length > 0 ? `${root}/lib` : `${root}/usr/lib`;
  return { version, vmlinuz: `${root}/boot/${boot}`, modules: `${lib}/modules/${version}/kernel` };
}

/** It stands there as a whole or not at all, also where two fetch it at the same time. */
async function fetched(cache: string): Promise<DebianKernel> {
  const folder = mkdtempSync(`${cache}/fetch-`);
  try {
    const options = { cwd: folder, timeout: FETCH_MS, env: { ...process.env, LC_ALL: "C" } };
    const { stdout } = await call("apt-cache", ["depends", META], options);
    const name = /Depends: (linux-image-\S+-cloud-amd64)/.exec(stdout)?.[1];
    if (name === undefined) throw new Error(`apt knows no ${META}`);
    await call("apt-get", ["download", name], options);
    const deb = entriesOf(folder).find((each) => each.endsWith(".deb"));
    if (deb === undefined) throw new Error(`apt-get has brought no ${name}`);
    await call("dpkg", ["-x", deb, "unpacked"], options);
    moveInto(`${folder}/unpacked`, `${cache}/unpacked`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const kernel = found(`${cache}/unpacked`);
  if (kernel === undefined) throw new Error("the package has no kernel in it");
  return kernel;
}

function moveInto(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw thrown;
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}
