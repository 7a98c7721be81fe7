/** What a machine is declared with. */
import { isAbsolute } from "node:path";
import { guestReady, port, portOrText } from "@muster/checks/probes";
import { plainOrSecret } from "@muster/plugin";
import { logProperties } from "@muster/provider-process";
import { z } from "zod";
import { ACCELERATORS } from "./qemu/command-line.ts";

const way = z.strictObject({
  guest: port.describe("The port that the guest listens on"),
  host: portOrText.describe("The port of this machine, on 127.0.0.1, that leads there"),
});

const disk = z.strictObject({
  path: z.string().refine(isAbsolute, "must be an absolute path").describe("A file or a block device, as it is: raw"),
  readOnly: z.boolean().optional().describe("Whether the guest may only read it; false unless told"),
});

const MiB = 1024 * 1024;

export const vmProperties = z.strictObject({
  image: z.string().min(1).max(128).describe("The image it boots: a name, or `sha256:…`; see `muster image ls`"),
  ports: z.array(way).max(100).optional().describe("Ports of this machine that lead to the guest's"),
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
  ready: guestReady.optional().describe("When it counts as running; as its image says unless told"),
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
