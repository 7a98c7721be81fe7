import { isAbsolute } from "node:path";
import { durationOf } from "@muster/model";
import { plainOrSecret } from "@muster/plugin";
import { z } from "zod";

const words = z.array(z.string());
const duration = z.string().refine((text) => durationOf(text) !== undefined, "must be a duration, like 10s or 1m30s");
const absolute = z.string().refine(isAbsolute, "must be an absolute path");
const number = z.number().int().min(1).max(65_535);
// In a template `${self.port}` stands here, and a text is what becomes of it.
const numberAsText = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, "must be the number of a port")
  .refine((text) => Number(text) <= 65_535, "must be at most 65535");

const port = z.strictObject({
  container: number.describe("the port that is listened on inside"),
  host: z
    .union([number, numberAsText])
    .optional()
    .describe("the port of this machine; the engine chooses one unless told"),
  address: z.union([z.ipv4(), z.ipv6()]).optional().describe("the address of this machine; 127.0.0.1 unless told"),
  protocol: z.enum(["tcp", "udp"]).optional().describe("tcp unless told"),
});

const mount = z.strictObject({
  source: z
    .string()
    .regex(/^(?:\/[^\0]*|[a-zA-Z0-9][a-zA-Z0-9_.-]+)$/, "must be an absolute path, or the name of a volume")
    .describe("an absolute path of the engine's machine, or the name of a volume"),
  target: absolute.describe("where it is seen inside"),
  readOnly: z.boolean().optional(),
});

const health = z.strictObject({
  command: words.min(1).describe("run inside, without a shell; healthy when it ends with 0"),
  interval: duration.optional().describe("30s unless told"),
  timeout: duration.optional().describe("30s unless told"),
  retries: z.number().int().min(1).optional().describe("failures in a row that make it unhealthy; 3 unless told"),
  startPeriod: duration.optional().describe("failures count only after that; 0s unless told"),
});

const stop = z.strictObject({
  signal: z
    .string()
    .regex(/^SIG[A-Z0-9+]{2,12}$/, "must be the name of a signal, like SIGTERM")
    .optional(),
  timeout: duration.optional().describe("after that it is killed; 10s unless told"),
});

/** Less than this an engine refuses. */
const LEAST_MEMORY = 6 * 1024 * 1024;

export const containerProperties = z.strictObject({
  image: z.string().min(1).max(512).describe("What it is made of: NAME, NAME:TAG or NAME@DIGEST"),
  pull: z.enum(["missing", "never", "always"]).optional().describe("When the image is fetched; `missing` unless told"),
  command: words.optional().describe("What it runs, without a shell; the image's own unless told"),
  entrypoint: words.optional().describe("What the command is given to; the image's own unless told"),
  env: z
    .record(z.string().regex(/^[^=\0]+$/, "must be a name without `=`"), plainOrSecret)
    .optional()
    .describe("Its environment; a value may be a secret"),
  user: z.string().min(1).optional().describe("NAME, NUMBER or USER:GROUP inside; the image's own unless told"),
  workdir: absolute.optional().describe("Its working directory; the image's own unless told"),
  ports: z.array(port).max(100).optional().describe("Ports that are published on this machine"),
  mounts: z.array(mount).max(100).optional().describe("Directories and volumes that it sees"),
  networks: z
    .array(z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, "must be the name of a network"))
    .min(1)
    .max(20)
    .optional()
    .describe("Networks that it is in, `none` or `host`; the engine's own unless told"),
  memory: z
    .int()
    .min(0)
    .refine((bytes) => bytes === 0 || bytes >= LEAST_MEMORY, `must be 0, or at least ${LEAST_MEMORY}`)
    .optional()
    .describe("At most so many bytes, swap included; 0 is without limit"),
  cpus: z.number().min(0).max(1024).multipleOf(0.01).optional().describe("At most so many CPUs; 0 is without limit"),
  pids: z.int().min(0).optional().describe("At most so many processes and threads; 0 is without limit"),
  health: health.optional().describe("How the engine finds out whether it does its job; the image's own unless told"),
  stop: stop.optional().describe("How it is asked to end; the image's own signal unless told"),
  init: z.boolean().optional().describe("Whether a small init runs as its first process, and buries the dead"),
  readOnly: z.boolean().optional().describe("Whether its own file system cannot be written"),
  capDrop: words.optional().describe("Capabilities that it loses, or ALL"),
  capAdd: words.optional().describe("Capabilities that it gets besides the engine's usual ones"),
});
export type ContainerProperties = z.infer<typeof containerProperties>;
