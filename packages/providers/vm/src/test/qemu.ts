/** Real machines of QEMU's, without /dev/kvm, which end with their test. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

const QEMU = "qemu-system-x86_64";

export const hasQemu = isThere(QEMU);
export const hasCompiler = isThere("gcc");

function isThere(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}

export function freshFolder(name = "muster-guests-"): string {
  const path = mkdtempSync(`${tmpdir()}/${name}`);
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const DEADLINE_MS = 50_000;

/** A frame that is lost on the way is sent again by QEMU's network, after seconds: nobody gives up before. */
const LOST_FRAME_MS = 25_000;

/** Asks again and again until there is an answer. */
export async function until<T>(ask: () => Promise<T | undefined> | T | undefined, told: () => string): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`it did not come to be: ${told()}`);
    await sleep(5);
  }
}

/** Ports of the loopback that nobody has just now, each another. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

export interface Machine {
  /** Of the host; it leads to port 8080 of the guest. */
  readonly port: number;
  /** The same, and others like it. QEMU lets only two wait at each: a crowd has to come by many doors. */
  readonly doors: readonly number[];
  readonly qmp: string;
  /** How QEMU ended: its exit code, as soon as it has. */
  end(): Promise<number | null>;
  console(): string;
  /** The lines of JSON on the console; others are left out. */
  events(): readonly Readonly<Record<string, unknown>>[];
  event(name: string): Promise<Readonly<Record<string, unknown>>>;
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
}

export interface Booted {
  readonly elf: string;
  /** Words that stand after the image's own, and before Muster's. */
  readonly words?: string;
  /** How many ports of the host lead to its port 8080; missing: 1. */
  readonly doors?: number;
  /** Commands that answer, each on its address and port (`10.0.2.100:80`): one is started for each connection. */
  readonly servers?: Readonly<Record<string, string>>;
}

/** A unikernel on a microvm, at 10.0.2.15. Its network is closed to the outside, but for its doors and those servers. */
export function bootUnikernel({ elf, words = "", doors = 1, servers = {} }: Booted): Promise<Machine> {
  const inside = Object.entries(servers).map(([place, command]) => `,guestfwd=tcp:${place}-cmd:${command}`);
  return boot(doors, (ports) => [
    ...["-accel", "tcg,tb-size=4", "-cpu", "max", "-m", "4", "-no-reboot"],
    ...["-M", "microvm,acpi=off,pit=on,pic=on,rtc=off,ioapic2=off,auto-kernel-cmdline=off"],
    ...["-netdev", `user,id=n0,restrict=on${forwards(ports)}${inside.join("")}`],
    ...["-device", "virtio-net-device,netdev=n0"],
    ...["-device", "isa-debug-exit,iobase=0x501,iosize=4", "-device", "pvpanic"],
    ...["-kernel", elf, "-append", `greeting=hi name=early ${words} name=uk1 ip=10.0.2.15 gw=10.0.2.2 exitport=0x501`],
  ]);
}

export interface Linux {
  readonly kernel: string;
  readonly initrd: string;
  readonly words?: string;
  /** A file of the host's, given as opt/muster/env. */
  readonly env?: string;
  readonly exitPort?: boolean;
  /** Missing: `pvpanic`. */
  readonly panicDevice?: string;
}

/** A small Linux on a q35. */
export function bootLinux({
  kernel,
  initrd,
  words = "",
  env,
  exitPort = true,
  panicDevice = "pvpanic",
}: Linux): Promise<Machine> {
  const own = `name=lin1 ip=10.0.2.15 gw=10.0.2.2${exitPort ? " exitport=0x501" : ""}`;
  return boot(1, (ports) => [
    ...["-M", "q35", "-accel", "tcg", "-cpu", "max", "-m", "128", "-no-reboot"],
    ...["-netdev", `user,id=n0,restrict=on${forwards(ports)}`],
    ...["-device", "virtio-net-pci,netdev=n0,romfile="],
    ...["-device", "isa-debug-exit,iobase=0x501,iosize=4", "-device", panicDevice],
    ...(env === undefined ? [] : ["-fw_cfg", `name=opt/muster/env,file=${env}`]),
    ...["-kernel", kernel, "-initrd", initrd, "-append", `console=ttyS0 quiet panic=-1 ${words} ${own}`],
  ]);
}

function forwards(ports: readonly number[]): string {
  return ports.map((port) => `,hostfwd=tcp:127.0.0.1:${port}-10.0.2.15:8080`).join("");
}

async function boot(doors: number, wordsFor: (ports: readonly number[]) => readonly string[]): Promise<Machine> {
  const folder = freshFolder("muster-qemu-");
  const ports = await freePorts(doors);
  const [port = 0] = ports;
  const qmp = `${folder}/qmp`;
  const log = `${folder}/console`;
  const child = spawn(
    QEMU,
    [
      ...["-nodefaults", "-no-user-config", "-display", "none", "-serial", `file:${log}`],
      ...["-qmp", `unix:${qmp},server=on,wait=off`],
      ...wordsFor(ports),
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  endWithTest(child);
  const console = () => (existsSync(log) ? readFileSync(log, "latin1") : "");
  const events = () => linesOfJson(console());
  return {
    port,
    doors: ports,
    qmp,
    end: async () => {
      await until(
        () => child.exitCode ?? child.signalCode ?? undefined,
        () => `QEMU did not end; its console:\n${console()}`,
      );
      return child.exitCode;
    },
    console,
    events,
    event: (name) =>
      until(
        () => events().find((each) => each["event"] === name || each["muster"] === name),
        () => `no ${name} on the console:\n${console()}`,
      ),
    get: (path) => get(port, path),
  };
}

function endWithTest(child: ChildProcess): void {
  const ended = once(child, "exit");
  onTestFinished(async () => {
    if (child.exitCode === null) child.kill("SIGKILL");
    await ended;
  });
}

/** The last line may be only half there. */
function linesOfJson(text: string): readonly Readonly<Record<string, unknown>>[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.filter((line) => line.startsWith("{") && line.trimEnd().endsWith("}")).map((line) => JSON.parse(line));
}

/**
 * Many at once, each by its door and out of a port of its own: Linux gives two who go to different doors the same one,
 * and behind QEMU's network, where all doors are one, they would be one connection.
 */
export async function crowd<T>(
  doors: readonly number[],
  each: (door: number, from: number | undefined) => Promise<T>,
): Promise<readonly T[]> {
  const own = await freePorts(doors.length);
  return await Promise.all(doors.map((door, i) => each(door, own[i])));
}

/** One request on a connection of its own; `from`: out of this port. */
export function get(
  port: number,
  path: string,
  from?: number,
): Promise<{ readonly status: number; readonly body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly status: number; readonly body: string }>();
  const signal = AbortSignal.timeout(LOST_FRAME_MS);
  const where = {
    host: "127.0.0.1",
    port,
    path,
    agent: false,
    signal,
    ...(from === undefined ? {} : { localPort: from }),
  };
  request(where, async (answer) => {
    const body = await text(answer).catch(reject);
    if (body !== undefined) resolve({ status: answer.statusCode ?? 0, body });
  })
    .once("error", reject)
    .end();
  return promise;
}

/**
 * Sends bytes as they are, and answers what comes until the other side ends; `undefined` where it does not, and says
 * nothing for `quietMs`.
 */
export function exchange(
  port: number,
  bytes: Uint8Array | string,
  { quietMs = LOST_FRAME_MS, from }: { readonly quietMs?: number; readonly from?: number | undefined } = {},
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let heard = "";
  const where = { port, host: "127.0.0.1", ...(from === undefined ? {} : { localPort: from }) };
  const socket = createConnection(where, () => socket.write(bytes));
  socket.setEncoding("latin1").setTimeout(quietMs, () => {
    resolve(undefined);
    socket.destroy();
  });
  socket.on("data", (more: string) => {
    heard += more;
  });
  socket.once("end", () => socket.end());
  // A guest that ends at once resets its connections: what it said until then is the answer.
  socket.once("error", () => socket.destroy());
  socket.once("close", () => resolve(heard));
  return promise;
}

/** Resolves when QMP listens; what it gives waits until this event has come. */
export async function listenToQmp(path: string): Promise<(name: string) => Promise<Readonly<Record<string, unknown>>>> {
  let text = "";
  let isOpen = true;
  const socket = createConnection({ path });
  onTestFinished(() => void socket.destroy());
  socket.setEncoding("utf8").on("data", (more: string) => {
    text += more;
  });
  socket.once("close", () => {
    isOpen = false;
  });
  await once(socket, "connect");
  socket.write('{"execute":"qmp_capabilities"}\n');
  const said = (found: (line: Readonly<Record<string, unknown>>) => boolean) =>
    until(
      () => {
        const line = linesOfJson(text).find(found);
        if (line === undefined && !isOpen) throw new Error(`QEMU has ended: ${text}`);
        return line;
      },
      () => text,
    );
  await said((line) => "return" in line);
  return (name) => said((line) => line["event"] === name);
}
