import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildImage, type Manifest, openImages } from "@muster/image";
import type { Document } from "@muster/model";
import { listeningPorts } from "@muster/plugin";
import { buildUnikernel, vmIn } from "@muster/provider-vm";
import { hostPorts } from "@muster/runtime";
import { documentOfGroups, type Kind } from "./keeping.ts";

/** What the unikernel listens on, inside. */
export const GUEST_PORT = 8080;
const MiB = 2 ** 20;
const MEMORY = 4 * MiB;
/** Everywhere the same: a machine that has KVM would else be compared with itself without. */
export const ACCELERATOR = "tcg";

/** What a person would write of our unikernel. */
export const MANIFEST = {
  image: "bench",
  kind: "unikernel",
  kernel: "unikernel.elf",
  args: [],
  env: {},
  ports: [GUEST_PORT],
  memory: MEMORY,
  cpus: 1,
  health: { http: { port: GUEST_PORT, path: "/health" } },
} as const satisfies Manifest;

/** An image that was built, where Muster looks for it. */
export interface Shelf {
  readonly images: string;
  /** The file that QEMU boots. */
  readonly kernel: string;
}

/** Builds our unikernel, and its image below the folder. */
export async function buildShelf(folder: string): Promise<Shelf> {
  const images = join(folder, "images");
  await buildUnikernel(join(folder, "built"));
  const deps = { dir: images, directory: join(folder, "built"), env: {}, modules: [], init: noInit };
  const { digest } = await buildImage(MANIFEST, deps);
  return { images, kernel: openImages(images).verified(digest).kernel };
}

export function noInit(): Promise<never> {
  return Promise.reject(new Error("a unikernel has no init"));
}

/** The type with directories below the folder. */
export function kindIn(folder: string, { images }: Shelf): Kind {
  return { type: vmIn(process.env), settings: { dir: join(folder, "machines"), images, accelerator: ACCELERATOR } };
}

/** A group of `size` machines. */
export function machinesOf(size: number): Document {
  const vm = { image: MANIFEST.image, ports: [{ guest: GUEST_PORT, host: "${self.port}" }] };
  return documentOfGroups({ cattle: { size, template: { vm } } });
}

/** Longer than anything that is measured takes, in milliseconds. */
const PATIENCE_MS = 60_000;
/** QEMU takes a connection before there is a guest, and then nobody answers on it: whoever asks hangs up soon, and asks anew. */
const TRY_MS = 20;
/** Between two tries, for each that comes up at the same time: who asks too often takes the time that the guests need. */
const REST_MS = 2;

/** As Muster's machines have them: none that the system gives to whoever asks a guest. */
const ports = hostPorts(listeningPorts);

/** From the call of QEMU until the guest says that it is healthy, in milliseconds. Ends it again. */
export async function timeBoot(shelf: Shelf): Promise<number> {
  const port = ports.give("by-hand", "0");
  const start = performance.now();
  const qemu = spawnBare(shelf.kernel, port, REST_MS);
  try {
    await qemu.healthy;
    return performance.now() - start;
  } finally {
    await qemu.end();
  }
}

/** As `timeBoot`, of so many, so many of them at once. */
export async function timeBoots(shelf: Shelf, count: number, atOnce: number): Promise<number> {
  const free = Array.from({ length: count }, (_, index) => ports.give("by-hand", String(index)));
  const started: Bare[] = [];
  const some = async (): Promise<void> => {
    for (let port = free.pop(); port !== undefined; port = free.pop()) {
      const qemu = spawnBare(shelf.kernel, port, REST_MS * atOnce);
      started.push(qemu);
      await qemu.healthy;
    }
  };
  const start = performance.now();
  try {
    await Promise.all(Array.from({ length: atOnce }, some));
    return performance.now() - start;
  } finally {
    await Promise.all(started.map(({ end }) => end()));
  }
}

interface Bare {
  readonly healthy: Promise<void>;
  end(): Promise<void>;
}

/** The line that one would type oneself for such a guest, in a session of its own: Linux shares a busy machine by sessions. */
function spawnBare(kernel: string, port: string, restMs: number): Bare {
  const words = [
    ...["-accel", `${ACCELERATOR},tb-size=4`, "-cpu", "max", "-m", `${MEMORY / MiB}`],
    ...["-M", "microvm,acpi=off,pit=on,pic=on,rtc=off,ioapic2=off,auto-kernel-cmdline=off"],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"],
    ...["-netdev", `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${port}-10.0.2.15:${GUEST_PORT}`],
    ...["-device", "virtio-net-device,netdev=net"],
    ...["-device", "isa-debug-exit,iobase=0x501,iosize=4", "-device", "pvpanic"],
    ...["-kernel", kernel, "-append", "name=bare ip=10.0.2.15 mask=255.255.255.0 gw=10.0.2.2 exitport=0x501"],
  ];
  const child = spawn("qemu-system-x86_64", words, { detached: true, stdio: ["ignore", "ignore", "inherit"] });
  return { healthy: healthy(port, child, restMs), end: () => ended(child) };
}

async function healthy(port: string, child: ChildProcess, restMs: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isHealthy(port))) {
    if (performance.now() > deadline) throw new Error(`no guest is healthy within ${PATIENCE_MS / 1_000} s`);
    if (child.exitCode !== null) throw new Error(`QEMU ended with ${child.exitCode}`);
    await sleep(restMs);
  }
}

function isHealthy(port: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = { host: "127.0.0.1", port, path: "/health", agent: false, signal: AbortSignal.timeout(TRY_MS) };
    get(asked, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).on("error", () => resolve(false));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = once(child, "exit");
  child.kill("SIGKILL");
  await end;
}
