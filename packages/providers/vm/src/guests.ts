/**
 * The guests of our own, built with the C compiler that is found on the PATH. What comes out is the same, bit for bit, for
 * the same compiler: wherever the sources lie, wherever it goes, and whenever. The flags stand beside the sources, in files
 * that the compiler itself reads; `guests/build.sh` uses the same.
 */
import { spawn } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { resolve as absolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";

/**
 * What Debian's cloud kernel needs on a machine q35 with a virtio network card and pvpanic, in the order in which it is to
 * be loaded. Paths within `/lib/modules/VERSION/kernel`.
 */
export const LINUX_MODULES = [
  "drivers/virtio/virtio_ring.ko",
  "drivers/virtio/virtio.ko",
  "drivers/virtio/virtio_pci_legacy_dev.ko",
  "drivers/virtio/virtio_pci_modern_dev.ko",
  "drivers/virtio/virtio_pci.ko",
  "net/core/failover.ko",
  "drivers/net/net_failover.ko",
  "drivers/net/virtio_net.ko",
  "drivers/misc/pvpanic/pvpanic.ko",
  "drivers/misc/pvpanic/pvpanic-mmio.ko",
  "drivers/misc/pvpanic/pvpanic-pci.ko",
] as const;

/** With what, and from what, guests are built. Missing: `gcc`, and the sources of this package. */
export interface Tools {
  /** The compiler, by its name on the PATH or by its path. */
  readonly cc?: string;
  /** A folder like `guests`. */
  readonly sources?: string;
}

export interface Unikernel {
  /** The unikernel: an ELF file that a hypervisor enters by PVH. */
  readonly elf: string;
  /** The same application as a Linux program, linked statically. */
  readonly host: string;
}

/** A compiler that has not ended by then does not end, in milliseconds. */
const LONGEST_MS = 120_000;
/** What is told of a compiler's words, in characters. */
const TOLD = 300;
const ERROR = /\b(?:fatal )?error: |undefined reference|cannot find/;

const SOURCES = fileURLToPath(new URL("../guests", import.meta.url));

/** Writes `unikernel.elf` and `host` into a directory, which is made where it is missing. Throws a `ProviderError`. */
export async function buildUnikernel(into: string, tools: Tools = {}): Promise<Unikernel> {
  const from = join(tools.sources ?? SOURCES, "unikernel");
  const shared = ["app.c", ...(await sourcesIn(from, "shared"))];
  const elf = join(into, "unikernel.elf");
  const host = join(into, "host");
  await mkdir(into, { recursive: true });
  await compile({ what: "the unikernel", from, to: elf, tools }, "machine.flags", [
    ...shared,
    ...(await sourcesIn(from, "machine")),
  ]);
  await compile({ what: "the unikernel's host program", from, to: host, tools }, "host.flags", ["host.c", ...shared]);
  return { elf, host };
}

/** Writes `init`, the first program of a small Linux, into a directory, and answers its path. Throws a `ProviderError`. */
export async function buildInit(into: string, tools: Tools = {}): Promise<string> {
  const from = join(tools.sources ?? SOURCES, "init");
  const to = join(into, "init");
  await mkdir(into, { recursive: true });
  await compile({ what: "the init", from, to, tools }, "init.flags", await sourcesIn(from, "."));
  return to;
}

/** In one order everywhere: the order in which a linker gets its files shows in what it makes. */
async function sourcesIn(from: string, folder: string): Promise<readonly string[]> {
  const names = await readdir(join(from, folder));
  return names
    .filter((name) => /\.[cS]$/.test(name))
    .toSorted()
    .map((name) => (folder === "." ? name : `${folder}/${name}`));
}

interface Work {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly tools: Tools;
}

/** One call compiles and links. It runs where the sources lie, and names them from there: no other path can get in. */
async function compile({ what, from, to, tools }: Work, flags: string, files: readonly string[]): Promise<void> {
  const cc = tools.cc ?? "gcc";
  const { ended, said } = await run(cc, [`@${flags}`, "-o", absolute(to), ...files], from).catch((thrown: unknown) => {
    if (systemCodeOf(thrown) !== "ENOENT") throw thrown;
    throw new ProviderError(
      "unavailable",
      `${what} cannot be built: there is no C compiler \`${cc}\` on the PATH (Debian: \`apt-get install gcc libc6-dev\`)`,
      { cause: thrown },
    );
  });
  if (ended === 0) return;
  throw new ProviderError("invalid", `${what} cannot be built: ${firstError(said) ?? `\`${cc}\` ended with ${ended}`}`);
}

/** Without a shell, and with no more of the environment than it needs: neither a language nor flags come in from there. */
function run(
  cc: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly ended: number | string; readonly said: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ ended: number | string; said: string }>();
  const env = { PATH: process.env["PATH"], TMPDIR: process.env["TMPDIR"], LC_ALL: "C", SOURCE_DATE_EPOCH: "0" };
  const child = spawn(cc, args, { cwd, env, stdio: ["ignore", "ignore", "pipe"], timeout: LONGEST_MS });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (more: string) => {
    said += more;
  });
  child.once("error", reject);
  child.once("close", (code, signal) => resolve({ ended: code ?? signal ?? "nothing", said }));
  return promise;
}

/** The first line in which a compiler or a linker says what is wrong; collect2 only says that there was something. */
function firstError(said: string): string | undefined {
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((each) => ERROR.test(each) && !each.startsWith("collect2")) ?? lines.at(0);
  return line === undefined || line.length <= TOLD ? line : `${line.slice(0, TOLD)}…`;
}
