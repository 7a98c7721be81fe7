/** Real machines kept by the type `vm`, with images of their own; whatever a test has left alive is ended with it. */
import { randomBytes, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get as httpGet } from "node:http";
import { tmpdir } from "node:os";
import { buildImage, manifestSchema } from "@muster/image";
import { type JsonObject, musterMarks, type Observed, type Tags } from "@muster/model";
import { type Ctx, type Io, ProviderError, type TaggedProvider, type ToolAsked } from "@muster/plugin";
import { afterAll, onTestFinished } from "vitest";
import { buildUnikernel } from "../guests.ts";
import { type VmProperties, type VmSettings, vmIn } from "../index.ts";
import { freePorts, freshFolder, hasCompiler, hasQemu, until } from "./qemu.ts";

export const io: Io = { now: () => Date.now(), randomBytes: (count) => randomBytes(count) };
export const ctx: Ctx = { signal: new AbortController().signal };

export type Machines = TaggedProvider<VmProperties>;
export type Seen = Observed<VmProperties>;

/** Whether there is what a real machine needs here. */
export const canBoot = hasQemu && hasCompiler;

export const tags: Tags = musterMarks.write({ stack: "shop", owner: "web", slot: "0", revision: "r" });

/** The unikernel, built once for all tests of a file. */
export function unikernel(): Promise<string> {
  built ??= buildUnikernel(kernels).then(({ elf }) => elf);
  return built;
}

let built: Promise<string> | undefined;
const kernels = `${tmpdir()}/muster-unikernel-${randomUUID()}`;
afterAll(() => rmSync(kernels, { recursive: true, force: true }));

/** A place with images and machines of its own. */
export interface Room {
  readonly dir: string;
  readonly settings: VmSettings;
  readonly machines: Machines;
  /** Another Muster, that comes to the same machines. */
  another(): Promise<Machines>;
  /** Builds an image. */
  image(manifest: JsonObject): Promise<string>;
}

export async function freshRoom(settings: Partial<VmSettings> = {}): Promise<Room> {
  const folder = freshFolder("muster-vm-");
  const dir = `${folder}/machines`;
  const whole: VmSettings = { dir, images: `${folder}/images`, accelerator: "tcg", ...settings };
  const another = () => vmIn(process.env).open(whole, io);
  const machines = await another();
  onTestFinished(async () => {
    const all = await listed(machines);
    await Promise.all(all.map(({ id }) => machines.destroy(id, ctx)));
  });
  const image = async (manifest: JsonObject): Promise<string> => {
    const deps = { dir: whole.images, directory: folder, env: process.env, init: noInit, modules: [] };
    return (await buildImage(manifestSchema.parse(manifest), deps)).digest;
  };
  return { dir, settings: whole, machines, another, image };
}

function noInit(): Promise<string> {
  return Promise.reject(new Error("there is no init here"));
}

/** A room with the image `hello`: the unikernel, healthy when it answers. */
export async function freshRoomWithHello(settings: Partial<VmSettings> = {}): Promise<Room> {
  const room = await freshRoom(settings);
  await room.image({
    image: "hello",
    kind: "unikernel",
    kernel: await unikernel(),
    args: ["greeting=hi"],
    ports: [8080],
    memory: "4MiB",
    health: { http: { port: 8080, path: "/health" } },
  });
  return room;
}

/** What a machine of the image `hello` is declared with, on a port of its own. */
export async function hello(more: Partial<VmProperties> = {}): Promise<VmProperties & { readonly port: number }> {
  const [port = 0] = await freePorts(1);
  const want: VmProperties = { image: "hello", ports: [{ guest: 8080, host: port }], ...more };
  return Object.defineProperty({ ...want, port }, "port", { enumerable: false, value: port });
}

/** Makes one, and waits until it runs. */
export async function booted(machines: Machines, want: VmProperties): Promise<string> {
  const { id } = await machines.create(want, tags, ctx);
  await seenAs(machines, id, (each) => each?.phase === "running");
  return id;
}

export async function listed(machines: Machines, by: Tags = {}): Promise<readonly Seen[]> {
  const found: Seen[] = [];
  for await (const page of machines.list(by, ctx)) found.push(...page);
  return found;
}

/** Waits until what is seen of one is as it should be. */
export async function seenAs(machines: Machines, id: string, isSo: (seen: Seen | undefined) => boolean): Promise<Seen> {
  let last: Seen | undefined;
  return until(
    async () => {
      last = (await listed(machines)).find((each) => each.id === id);
      return isSo(last) ? last : undefined;
    },
    () => JSON.stringify(last),
  );
}

export const hasEnded = (each: Seen | undefined): boolean => each?.phase === "ended";

/** What is answered, on a connection of its own, or undefined where nobody answers within so many milliseconds. */
export function get(port: number, path: string, withinMs = 2_000): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = httpGet({ host: "127.0.0.1", port, path, agent: false, timeout: withinMs }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      // It hung up in the middle.
      response.once("error", () => resolve(undefined));
      response.once("end", () => resolve(text));
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(undefined));
  });
}

export async function bytesOf(stream: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const bytes of stream ?? []) parts.push(bytes);
  return Buffer.concat(parts);
}

export function used(machines: Machines, id: string, asked: ToolAsked): Promise<Buffer> {
  return bytesOf(machines.tool?.(id, asked, ctx));
}

/** The failure that a call ends in. */
export async function failureOf(call: Promise<unknown>): Promise<ProviderError> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof ProviderError) return thrown;
    throw thrown;
  }
  throw new Error("it did not fail");
}

/** The pid of a machine's QEMU. */
export function hypervisorOf(id: string): number {
  const pid = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .find((name) => commandLineOf(name).startsWith(`/usr/bin/qemu-system-x86_64 -name ${id} `));
  if (pid === undefined) throw new Error(`${id} has no hypervisor`);
  return Number(pid);
}

export function commandLineOf(pid: string | number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // Gone meanwhile.
    return "";
  }
}

/** A kernel of these few instructions, as a file. */
export function kernelFile(elf: Buffer): string {
  const path = `${freshFolder("muster-kernel-")}/kernel`;
  writeFileSync(path, elf);
  return path;
}
