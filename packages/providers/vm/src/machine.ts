/** From what is declared of a machine to the process that it is. */
import { chownSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import type { GuestReady } from "@muster/checks/probes";
import type { Digest, Image, Images } from "@muster/image";
import { type JsonObject, MusterError, messageOf, musterMarks, type Tags } from "@muster/model";
import { type PlainOrSecret, ProviderError, revealed } from "@muster/plugin";
import type { Commission, Environment, ProcessProperties } from "@muster/provider-process";
import { portsOf, type VmProperties } from "./properties.ts";
import { type Accelerator, commandLine } from "./qemu/command-line.ts";
import { ENVIRONMENT, EVENTS_FILE, ROOM_FOR_EVENTS, WORKSHOP } from "./qemu/files.ts";
import { launching, MOUTH_LINK } from "./qemu/launch.ts";

/** Undefined: the machine's own ports tell nothing of it. */
type ProcessReady = ProcessProperties["ready"];

/** What the image that is meant is called for ever. Throws as `imageOf`; none of its parts is read. */
export function digestOf({ image }: VmProperties, images: Images): Digest {
  return asked(() => images.digestOf(image));
}

/**
 * The image that is meant, with every part of it read and compared.
 *
 * @throws ProviderError `invalid`: there is no such image, or it is not what it was any more. `retryable`: it cannot be read
 */
export function imageOf({ image }: VmProperties, images: Images): Image {
  return asked(() => images.verified(images.digestOf(image)));
}

function asked<T>(ask: () => T): T {
  try {
    return ask();
  } catch (thrown) {
    const kind = thrown instanceof MusterError && thrown.code === "image.disk" ? "retryable" : "invalid";
    throw new ProviderError(kind, messageOf(thrown), { cause: thrown });
  }
}

/** Throws `invalid` where this can never be: before anything is made. */
export function assertPossible(want: VmProperties, image: Image): void {
  readyOf(want, image);
  const { memory: least } = image.text;
  if (want.memory !== undefined && want.memory < least) {
    throw new ProviderError(
      "invalid",
      `memory: ${want.memory} bytes are fewer than the ${least} that its image asks for`,
    );
  }
  const { ports: known } = image.text;
  const deaf = portsOf(want).find(({ guest }) => known.length > 0 && !known.includes(guest));
  if (deaf !== undefined) {
    throw new ProviderError("invalid", `ports: its image listens on ${known.join(", ")}, and not on ${deaf.guest}`);
  }
  const doubled = portsOf(want).find((one, at, all) => all.findIndex(({ host }) => host === one.host) !== at);
  if (doubled !== undefined)
    throw new ProviderError("invalid", `ports: ${doubled.host} leads to two ports of the guest`);
}

/** When it is ready: as declared, else as its image says. Of a guest's port that no port leads to nobody can ask. */
export function readyOf(want: VmProperties, image: Image): GuestReady | undefined {
  const ready = want.ready ?? image.text.health;
  const guest = ready === undefined ? undefined : guestPortOf(ready);
  if (guest === undefined || portsOf(want).some((port) => port.guest === guest)) return ready;
  const whose = want.ready === undefined ? "the health of its image is asked" : "`ready` asks";
  const fix = `add \`{ guest: ${guest}, host: "$\{self.port}" }\` to \`ports\``;
  throw new ProviderError("invalid", `${whose} on the guest's port ${guest}, and no port leads there: ${fix}`);
}

function guestPortOf(ready: GuestReady): number | undefined {
  if ("http" in ready) return ready.http.port;
  return "tcp" in ready ? ready.tcp.port : undefined;
}

/** What the process that the machine is can be asked: what it has printed. The guest itself is asked in ready.ts. */
function askedOfProcess(ready: GuestReady | undefined): ProcessReady {
  return ready !== undefined && "console" in ready ? { log: ready.console } : undefined;
}

export interface Foundry {
  readonly images: Images;
  readonly hypervisor: string;
  readonly accelerator: Accelerator;
  /** Where secrets are read. */
  readonly env: Environment;
}

/** @returns what to make, told where it will live */
export function commissionOf(
  want: VmProperties,
  tags: Tags,
  foundry: Foundry,
): (id: string, home: string) => Commission {
  const { images, hypervisor, accelerator } = foundry;
  const image = imageOf(want, images);
  assertPossible(want, image);
  const environment = environmentText({ ...image.text.env, ...want.env }, foundry.env);
  const ports = portsOf(want);
  const size = { memory: want.memory ?? image.text.memory, cpus: want.cpus ?? image.text.cpus };
  const asks = readyOf(want, image);
  const ready = askedOfProcess(asks);

  return (id, home) => {
    const user = userFor(id);
    const line = commandLine(hypervisor, {
      id,
      image,
      name: nameIn(tags) ?? id,
      ...size,
      ports,
      disks: (want.disks ?? []).map(({ path, readOnly = false }) => ({ path, isReadOnly: readOnly })),
      outbound: want.network === "outbound",
      hasEnvironment: environment !== "",
      accelerator,
      user,
    });
    return {
      // As it really is: also what its image says of it. Of a secret only where it is to be read.
      thing: asJson({ ...want, image: image.digest, ...size, ...(asks === undefined ? {} : { ready: asks }) }),
      want: {
        ...launching(home, line, largestFile(size.memory, want.disks)),
        ...(ready === undefined ? {} : { ready }),
        ...(want.log === undefined ? {} : { log: want.log }),
      },
      furnish() {
        writeFileSync(`${home}/${EVENTS_FILE}`, ROOM_FOR_EVENTS, { flag: "wx", mode: 0o600 });
        if (environment !== "") writeFileSync(`${home}/${ENVIRONMENT}`, environment, { flag: "wx", mode: 0o600 });
        symlinkSync(MOUTH_LINK.target, `${home}/${MOUTH_LINK.path}`);
        mkdirSync(`${home}/${WORKSHOP}`, { mode: 0o700 });
        if (user !== undefined) chownSync(`${home}/${WORKSHOP}`, user, user);
      },
    };
  };
}

/** What stands in a core beside the memory, and what QEMU itself tells, has room in this. In bytes. */
const BESIDE_MEMORY = 8 * 1024 * 1024;

/** Bytes of the largest file that a machine's hypervisor has to write: its core, or a disk. */
function largestFile(memory: number, disks: VmProperties["disks"] = []): number {
  // Of a disk that is not there QEMU tells; one that is a device has no size of a file.
  const sizes = disks.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  return Math.max(memory + BESIDE_MEMORY, ...sizes);
}

function asJson(want: VmProperties): JsonObject {
  const thing: JsonObject = JSON.parse(JSON.stringify(want));
  return thing;
}

/** Above all numbers that systems give to accounts and containers. */
const FIRST_USER = 0x70000000;

/** A user of its own for each machine, where there is the right to: nobody else runs as that. */
function userFor(id: string): number | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const user = FIRST_USER + Number.parseInt(id.slice(-6), 16);
  // In a container without rights of its own, root is root of a few users only.
  const isThere = ["uid_map", "gid_map"].every((map) => maps(readFileSync(`/proc/self/${map}`, "utf8"), user));
  return isThere ? user : undefined;
}

/**
 * Whether a number is one of those that there are here.
 *
 * @param map as /proc/self/uid_map has it: the first number, whose it is outside, and how many
 */
export function maps(map: string, number: number): boolean {
  return map.split("\n").some((line) => {
    const [first = Number.NaN, , count = 0] = line.trim().split(/\s+/).map(Number);
    return number >= first && number < first + count;
  });
}

/** `web-0`: what the guest is told it is called. */
function nameIn(tags: Tags): string | undefined {
  const mark = musterMarks.read(tags);
  if (mark?.slot === undefined) return undefined;
  return `${mark.owner}-${mark.slot}`;
}

/** As the guest reads it: entries, each ended by a zero byte. */
function environmentText(declared: Readonly<Record<string, PlainOrSecret>>, env: Environment): string {
  const entries = Object.entries(declared).map(([name, value]) => `${name}=${bearable(name, revealed(value, env))}\0`);
  const text = entries.join("");
  const bytes = Buffer.byteLength(text);
  if (bytes <= MOST_ENVIRONMENT) return text;
  throw new ProviderError(
    "invalid",
    `env: all of it has ${bytes} bytes, and a guest takes ${MOST_ENVIRONMENT} at most`,
  );
}

/** What our init takes, in bytes. */
const MOST_ENVIRONMENT = 1_000_000;

/** The value is not told: it may be a secret. */
function bearable(name: string, value: string): string {
  if (!value.includes("\0")) return value;
  throw new ProviderError("invalid", `env.${name} contains a zero byte: no environment can hold it`);
}
