/** What an image is made from, as a person declares it. docs/guide/images.md shows whole ones. */
import { posix } from "node:path";
import { guestReady } from "@muster/checks/probes";
import { z } from "zod";
import { MiB } from "./bounds.ts";
import { KINDS } from "./image.ts";
import { IMAGE_NAME_RULE, isImageName } from "./names.ts";
import { strayPorts } from "./own-words.ts";
import { COMMAND_WORD, cpus, env, memoryBytes, ports } from "./text.ts";

const withoutNul = z.string().regex(/^[^\0]{1,4000}$/, "must have 1 to 4000 characters, and no zero byte");
const words = z.array(z.string().regex(/^[^\0]{0,8000}$/, "must have at most 8000 characters, and no zero byte"));
const command = words.min(1, "must begin with a program").max(256, "must be 256 words at most");
const program = z.strictObject({
  command: command.describe("A program and its arguments, as they are: no shell reads them"),
});

const DEFAULT_MEMORY = 128 * MiB;
/** Whom Linux calls nobody. */
const NOBODY = { uid: 65_534, gid: 65_534 } as const;
const MAX_ID = 2 ** 32 - 2;

const UNITS: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB, GiB: 2 ** 30 };
const MEMORY_RULE = "must be bytes, or a text such as `4MiB` (KiB, MiB, GiB)";

const memory = z
  .union([z.int(), z.string().regex(/^[1-9]\d{0,8}(KiB|MiB|GiB)$/, MEMORY_RULE)])
  .transform((value) => (typeof value === "number" ? value : bytesOf(value)))
  .refine((bytes) => memoryBytes.safeParse(bytes).success, "must be from 1MiB to 1024GiB, in steps of 4KiB");

function bytesOf(text: string): number {
  const [, amount, unit = ""] = /^(\d+)(\D+)$/.exec(text) ?? [];
  return Number(amount) * (UNITS[unit] ?? Number.NaN);
}

const userRule = "must be a number, or two as `uid:gid`";
const user = z
  .union([
    z.int().min(0, userRule).max(MAX_ID, `must be at most ${MAX_ID}`),
    z.string().regex(/^\d{1,10}(:\d{1,10})?$/, userRule),
  ])
  .transform((value) => {
    const [uid = 0, gid = uid] = String(value).split(":").map(Number);
    return { uid, gid };
  })
  .refine(({ uid, gid }) => uid <= MAX_ID && gid <= MAX_ID, `must be at most ${MAX_ID}`);

/** A path as it is seen inside: absolute, and the shortest way to say it. */
const inside = z
  .string()
  .regex(/^\/[^\0]{0,4000}$/, "must be an absolute path")
  .refine(
    (path) => path === "/" || (posix.normalize(path) === path && !path.endsWith("/")),
    "must have no `..`, `.`, `//`, and no `/` at its end",
  );

const files = z
  .record(inside, withoutNul)
  .refine((all) => Object.keys(all).length <= 1000, "must have at most 1000 entries; one may be a whole directory");

const shape = z.strictObject({
  image: z.string().refine(isImageName, `must be ${IMAGE_NAME_RULE}`).describe("Its name"),
  kind: z
    .enum(KINDS)
    .describe("`unikernel`: a kernel that is the program; `linux`: a kernel of Linux that runs one program"),
  build: program.optional().describe("Run first, beside the manifest"),
  kernel: withoutNul.optional().describe("A path from the manifest on; for `linux` the newest in /boot unless told"),
  modules: withoutNul
    .optional()
    .describe("`linux`: the directory of the kernel's modules; that of its version unless told"),
  args: z
    .array(z.string().regex(COMMAND_WORD, "must be a word without white space, of characters that every kernel reads"))
    .max(256, "must be 256 words at most")
    .optional()
    .describe("`unikernel`: words of its command line"),
  files: files.optional().describe("`linux`: path inside → file or directory beside the manifest"),
  entrypoint: command.optional().describe("`linux`: the program, by its path inside, and its arguments"),
  process: program.optional().describe("`unikernel`: the same program as a process, to develop with"),
  env: env.optional().describe("Its environment"),
  ports: ports.optional().describe("Ports that it listens on, inside"),
  memory: memory.optional().describe("Bytes, or a text with KiB, MiB or GiB; `128MiB` unless told"),
  cpus: cpus.optional().describe("1 unless told"),
  user: user.optional().describe("`linux`: whom it runs as, as `uid` or `uid:gid`; 65534 unless told"),
  health: guestReady.optional().describe("How one finds out that it does its job: `http`, `tcp` or `console`"),
});

/** Which keys only one kind has, and which it must have. */
const OF_KIND = {
  unikernel: { only: ["args", "process"], must: ["kernel"] },
  linux: { only: ["modules", "files", "entrypoint", "user"], must: ["entrypoint"] },
} as const satisfies Record<(typeof KINDS)[number], unknown>;

export const manifestSchema = shape
  .superRefine((given, { addIssue }) => {
    const other = given.kind === "linux" ? OF_KIND.unikernel : OF_KIND.linux;
    for (const key of other.only) {
      if (given[key] === undefined) continue;
      const instead = key === "args" ? ": the words of its program belong into `entrypoint`" : "";
      addIssue({ code: "custom", path: [key], message: `is not for an image of kind \`${given.kind}\`${instead}` });
    }
    for (const key of OF_KIND[given.kind].must) {
      if (given[key] !== undefined) continue;
      addIssue({ code: "custom", path: [key], message: `is missing: an image of kind \`${given.kind}\` has one` });
    }
    for (const { path, word } of strayPorts(given)) {
      addIssue({ code: "custom", path: [...path], message: `says ${word}, and \`ports\` has no such one` });
    }
    const [program = "/"] = given.entrypoint ?? [];
    if (inside.safeParse(program).success) return;
    addIssue({ code: "custom", path: ["entrypoint", 0], message: "must be the program's absolute path inside" });
  })
  .transform(({ kind, kernel, modules, args, files, entrypoint, process, user, ...given }): Manifest => {
    const common = {
      ...{ env: {}, ports: [], memory: DEFAULT_MEMORY, cpus: 1 },
      ...withoutUndefined(given),
      image: given.image,
    };
    if (kind === "unikernel") {
      return { ...common, kind, kernel: kernel ?? "", args: args ?? [], ...withoutUndefined({ process }) };
    }
    const [first = "", ...others] = entrypoint ?? [];
    const run = { entrypoint: [first, ...others] as const, user: user ?? NOBODY, files: files ?? {} };
    return { ...common, kind, ...run, ...withoutUndefined({ kernel, modules }) };
  });

/** A manifest as a person writes it. */
export type ManifestFile = z.input<typeof shape>;

type Given = z.infer<typeof shape>;
type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(given: T): Present<T> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<T>;
}

interface Common {
  readonly image: string;
  readonly build?: Given["build"] & object;
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  /** In bytes. */
  readonly memory: number;
  readonly cpus: number;
  readonly health?: Given["health"] & object;
}

export interface UnikernelManifest extends Common {
  readonly kind: "unikernel";
  /** A path, from the manifest's directory on. */
  readonly kernel: string;
  readonly args: readonly string[];
  /** The same program as a process of this machine. It is no part of the image. */
  readonly process?: { readonly command: readonly string[] };
}

export interface LinuxManifest extends Common {
  readonly kind: "linux";
  readonly kernel?: string;
  readonly modules?: string;
  /** Path inside → path, from the manifest's directory on. */
  readonly files: Readonly<Record<string, string>>;
  readonly entrypoint: readonly [string, ...string[]];
  readonly user: { readonly uid: number; readonly gid: number };
}

/** A manifest that is in order: with what stands for what was left out, and numbers where texts were. */
export type Manifest = UnikernelManifest | LinuxManifest;

/** Whether a document is meant as a manifest: it has the key `image`, and is no stack. */
export function isManifest(data: unknown): boolean {
  return typeof data === "object" && data !== null && Object.hasOwn(data, "image") && !Object.hasOwn(data, "stack");
}
