/** What a machine is declared with. */
import { isAbsolute } from "node:path";
import { plainOrSecret } from "@muster/plugin";
import { logProperties, tryTimeout } from "@muster/provider-process";
import { z } from "zod";
import { ACCELERATORS } from "./qemu/command-line.ts";

const number = z.int().min(1).max(65_535);
// In a template `${self.port}` stands here, and a text is what becomes of it.
const numberAsText = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, "must be the number of a port")
  .refine((text) => Number(text) <= 65_535, "must be at most 65535");

const port = z.strictObject({
  guest: number.describe("The port that the guest listens on"),
  host: z.union([number, numberAsText]).describe("The port of this machine, on 127.0.0.1, that leads there"),
});

const ready = z.union([
  z.strictObject({
    http: z.strictObject({
      port: number.describe("The port that the guest listens on"),
      path: z
        .string()
        .regex(/^\/[!-~]{0,1000}$/, "must be a path that begins with `/`, without white space")
        .optional()
        .describe("What is asked for; / unless told"),
      status: z
        .int()
        .min(100)
        .max(599)
        .optional()
        .describe("The status of the answer; any from 200 to 399 unless told"),
    }),
    timeout: tryTimeout,
  }),
  z.strictObject({
    tcp: z.strictObject({ port: number.describe("Where the guest must take a connection") }),
    timeout: tryTimeout,
  }),
  z.strictObject({
    console: z
      .string()
      .regex(/^[^\n]{1,1000}$/, "must be a part of one line")
      .describe("A text that must stand in a line of its console"),
  }),
]);
export type Ready = z.infer<typeof ready>;

const disk = z.strictObject({
  path: z.string().refine(isAbsolute, "must be an absolute path").describe("A file or a block device, as it is: raw"),
  readOnly: z.boolean().optional().describe("Whether the guest may only read it; false unless told"),
});

const MiB = 1024 * 1024;

export const vmProperties = z.strictObject({
  image: z.string().min(1).max(128).describe("The image it boots: a name, or `sha256:…`; see `muster image ls`"),
  ports: z.array(port).max(100).optional().describe("Ports of this machine that lead to the guest's"),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be letters, digits and `_`"), plainOrSecret)
    .optional()
    .describe("Environment besides the image's own; a value may be `{ secret: … }`"),
  memory: z
    .int()
    .min(MiB)
    .max(2 ** 50)
    .optional()
    .describe("Bytes of memory; the image's own unless told"),
  cpus: z.int().min(1).max(255).optional().describe("Processors; the image's own unless told"),
  network: z
    .enum(["closed", "outbound"])
    .optional()
    .describe("Whether it reaches what this machine reaches; `closed` unless told: then it only answers on its ports"),
  disks: z.array(disk).max(16).optional().describe("Disks that it has; none unless told"),
  ready: ready.optional().describe("When it counts as running; as its image says unless told"),
  log: logProperties.optional().describe("How much of what it prints on its console is kept"),
});
export type VmProperties = z.infer<typeof vmProperties>;

/** Which port of this machine leads to which of the guest's. */
export function portsOf({
  ports,
}: Pick<VmProperties, "ports">): readonly { readonly guest: number; readonly host: number }[] {
  return (ports ?? []).map(({ guest, host }) => ({ guest, host: Number(host) }));
}

export const vmSettings = z.strictObject({
  dir: z
    .string()
    .min(1)
    .describe("The directory that holds a directory for each machine; it is made when it is not there"),
  images: z.string().min(1).describe("The directory of the images"),
  accelerator: z
    .enum(ACCELERATORS)
    .optional()
    .describe("`kvm` or `tcg`; unless told KVM, where a guest has really run with it, else TCG"),
  hypervisor: z
    .string()
    .min(1)
    .refine((text) => isAbsolute(text) || !text.includes("/"), "must be a name on the PATH, or an absolute path")
    .optional()
    .describe("QEMU's program; `qemu-system-x86_64` unless told"),
});
/** The same, with directories for whoever names none. */
export function vmSettingsIn(dir: string, images: string) {
  const { shape } = vmSettings;
  return vmSettings.extend({ dir: shape.dir.default(dir), images: shape.images.default(images) });
}
export type VmSettings = z.infer<typeof vmSettings>;
