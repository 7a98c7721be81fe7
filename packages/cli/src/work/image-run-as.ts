/** From an image or a manifest to what is made of it: the machine that it is in production, or a process beside its sources. */
import { dirname, extname, join, relative, resolve } from "node:path";
import type { GuestReady, Ready } from "@muster/checks/probes";
import {
  buildImage,
  type Digest,
  isImageName,
  type LinuxManifest,
  listedImage,
  type Manifest,
  openImages,
  portsNamedIn,
  runBuild,
  shortDigest,
  withName,
  withPorts,
} from "@muster/image";
import { type JsonObject, MusterError, ownOf } from "@muster/model";
import { tellsSuccess } from "@muster/provider-process";
import { tellsGuestSuccess } from "@muster/provider-vm";
import type { Cli } from "../cli.ts";
import type { RunFlags } from "../commands/image-flags.ts";
import { readManifest } from "./image-manifest.ts";
import { linuxOutfit } from "./image-outfit.ts";
import { imageDirectory } from "./image-place.ts";
import { nameOfRun } from "./image-run-marks.ts";
import { type Way, waysFor } from "./image-run-ports.ts";
import { settingsOf } from "./settings.ts";

export interface Undertaking {
  /** What a person calls it. */
  readonly name: string;
  readonly type: "vm" | "process";
  /** Of its provider, beside the directory. */
  readonly settings: JsonObject;
  readonly want: JsonObject;
  readonly ports: readonly Way[];
  /** Whether there is something to ask before it counts as ready. */
  readonly asksHealth: boolean;
  /** Whether an end that is told so was a good one. */
  tellsSuccess(reason: string): boolean;
}

/** Throws MusterErrors of the families `usage`, `declaration` and `image`. */
export async function asMachine(cli: Cli, flags: RunFlags, what: string): Promise<Undertaking> {
  const dir = imageDirectory(cli, flags);
  const settings = { images: dir, ...settingsFrom(cli, flags, ["accelerator", "hypervisor"]) };
  const env = environmentFrom(flags);
  const { name, digest } = isManifestFile(what) ? await built(cli, dir, what) : found(dir, what);
  const { text } = listedImage(dir, digest);
  const guests = allPorts(text.ports, text.health);
  const ports = await waysFor({ name, guests, given: flags.port ?? [], movable: new Set(guests) });
  const want = { image: digest, ports: ports.map(({ guest, host }) => ({ guest, host })), env };
  const asksHealth = text.health !== undefined;
  return { name, type: "vm", settings, want, ports, asksHealth, tellsSuccess: tellsGuestSuccess };
}

/** Throws MusterErrors of the families `usage`, `declaration` and `image`. */
export async function asProcess(cli: Cli, flags: RunFlags, what: string): Promise<Undertaking> {
  if (!isManifestFile(what)) {
    const detail = `a process runs beside its sources, and \`${what}\` is no manifest`;
    throw new MusterError("usage.bad-value", { what: "--as process", detail, wanted: "a manifest: hello.yaml" });
  }
  settingsFrom(cli, flags, []);
  const env = environmentFrom(flags);
  const { manifest, directory } = await readManifest(cli, what);
  const spoken = commandOf(manifest);
  if (manifest.build !== undefined) {
    await runBuild(manifest.build.command, directory, { env: cli.env, print: cli.err.write });
  }
  const name = manifest.image;
  const guests = allPorts(manifest.ports, manifest.health);
  const movable = portsNamedIn([...spoken, ...Object.values(manifest.env)], manifest.ports);
  const ports = await waysFor({ name, guests, given: flags.port ?? [], movable });
  const here = withPorts(manifest, (port) => hostOf(ports, port));
  const words = here.kind === "linux" ? beside(here, directory) : commandOf(here);
  const [command = "", ...args] = words.map((word) => withName(word, nameOfRun(name)));
  const [first] = ports;
  const want: JsonObject = {
    ...{ command, args, cwd: directory, env: { ...here.env, ...env } },
    ...(first === undefined ? {} : { port: first.host }),
    ...(here.health === undefined ? {} : { ready: readyFor(here.health, ports) }),
  };
  const asksHealth = here.health !== undefined;
  return { name, type: "process", settings: {}, want, ports, asksHealth, tellsSuccess };
}

/** By how a word looks, and never by what lies about: an image is not to become another thing beside another file. */
function isManifestFile(word: string): boolean {
  return (
    word.includes("/") || [".yaml", ".yml", ".json", ".jsonc", ".ts", ".mts", ".js", ".mjs"].includes(extname(word))
  );
}

interface Found {
  readonly name: string;
  readonly digest: Digest;
}

async function built(cli: Cli, dir: string, file: string): Promise<Found> {
  const { manifest, directory } = await readManifest(cli, file);
  return buildImage(manifest, { ...(await linuxOutfit()), dir, directory, env: cli.env, print: cli.err.write });
}

function found(dir: string, word: string): Found {
  const digest = openImages(dir).digestOf(word);
  if (isImageName(word)) return { name: word, digest };
  const [name = shortDigest(digest).slice("sha256:".length)] = listedImage(dir, digest).names;
  return { name, digest };
}

/** What may be said of the provider at the command line: its directories are told otherwise. Throws `usage.bad-value`. */
function settingsFrom(cli: Cli, flags: RunFlags, keys: readonly string[]): JsonObject {
  const given = settingsOf(cli, flags);
  const strange = Object.entries(given).flatMap(([provider, settings]) =>
    Object.keys(settings).flatMap((key) => (provider === "vm" && keys.includes(key) ? [] : [`${provider}.${key}`])),
  );
  const [first] = strange;
  if (first === undefined) return { ...ownOf(given, "vm") };
  const wanted = keys.length === 0 ? "no `--set`: a process has none" : keys.map((key) => `\`vm.${key}\``).join(" or ");
  throw new MusterError("usage.bad-value", { what: "--set", detail: `\`${first}\` cannot be set here`, wanted });
}

/** Throws `usage.bad-value`. */
function environmentFrom({ env = [] }: RunFlags): Readonly<Record<string, string>> {
  return Object.fromEntries(
    env.map((text): readonly [string, string] => {
      const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      const wanted = "a name of letters, digits and `_`, `=` and a value: `GREETING=hello`";
      throw new MusterError("usage.bad-value", { what: "--env", detail: `\`${text}\` sets nothing`, wanted });
    }),
  );
}

/** Those that it names, and the one that its health is asked on. */
function allPorts(ports: readonly number[], health: GuestReady | undefined): readonly number[] {
  if (health === undefined || "console" in health) return ports;
  return [...new Set([...ports, "http" in health ? health.http.port : health.tcp.port])];
}

function hostOf(ways: readonly Way[], port: number): number {
  return ways.find(({ guest }) => guest === port)?.host ?? port;
}

/** Its health as a process can be asked for it. */
function readyFor(health: GuestReady, ways: readonly Way[]): JsonObject {
  const ready = onHost(health, ways);
  const plain: JsonObject = JSON.parse(JSON.stringify(ready));
  return plain;
}

function onHost(health: GuestReady, ways: readonly Way[]): Ready {
  if ("console" in health) return { log: health.console };
  if ("tcp" in health) return { ...health, tcp: { port: hostOf(ways, health.tcp.port) } };
  return { ...health, http: { ...health.http, port: hostOf(ways, health.http.port) } };
}

/** Throws `image.not-possible`. */
function commandOf(manifest: Manifest): readonly string[] {
  if (manifest.kind === "linux") return manifest.entrypoint;
  if (manifest.process !== undefined) return manifest.process.command;
  const detail = `\`${manifest.image}\` is a unikernel, and its manifest names no program that is the same as a process`;
  const fix = "Add `process: { command: […] }`, or run it as a vm.";
  throw new MusterError("image.not-possible", { detail, fix });
}

/** Its words with files of this machine in the place of those inside. */
function beside({ entrypoint, files }: LinuxManifest, directory: string): readonly string[] {
  return entrypoint.map((word) => {
    const key = [word, ...above(word)].find((path) => Object.hasOwn(files, path));
    const source = key === undefined ? undefined : files[key];
    return key === undefined || source === undefined ? word : join(resolve(directory, source), relative(key, word));
  });
}

/** The directories that a path is in, the nearest first. */
function above(path: string): readonly string[] {
  if (!path.startsWith("/") || path === "/") return [];
  const parent = dirname(path);
  return [parent, ...above(parent)];
}
