/** What a process is declared with. */
import { isAbsolute } from "node:path";
import { portOrText, ready } from "@muster/checks/probes";
import { durationOf } from "@muster/model";
import { plainOrSecret } from "@muster/plugin";
import { z } from "zod";

const withoutNul = z.string().regex(/^[^\0]*$/, "must not contain a zero byte");

/** Those that ask for an end or for an action, and can be caught. */
export const STOP_SIGNALS = [
  "SIGTERM",
  "SIGINT",
  "SIGQUIT",
  "SIGHUP",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
] as const satisfies readonly NodeJS.Signals[];

const HOUR = 3_600_000;
const duration = z.string().refine((text) => {
  const ms = durationOf(text);
  return ms !== undefined && ms <= HOUR;
}, "must be a duration of an hour at most, such as `10s`");

/** A file smaller than this would be exchanged all the time. */
const LEAST_LOG = 65_536;

const stop = z.strictObject({
  signal: z.enum(STOP_SIGNALS).optional().describe("How it is asked to end; SIGTERM unless told"),
  timeout: duration.optional().describe("How long it may take to end before it is killed; `10s` unless told"),
});

/** How much of what a process prints is kept. */
export const logProperties = z.strictObject({
  size: z
    .int()
    .min(LEAST_LOG)
    .max(2 ** 40)
    .optional()
    .describe("Bytes of one file of the log; 10485760 unless told"),
  files: z.int().min(1).max(100).optional().describe("How many files are kept, the oldest goes first; 3 unless told"),
});

const limits = z.strictObject({
  memory: z
    .int()
    .min(1_048_576)
    .max(2 ** 50)
    .optional()
    .describe("Bytes of memory of all its processes together"),
  files: z
    .int()
    .min(8)
    .max(2 ** 30)
    .optional()
    .describe("Open files of each of its processes"),
  processes: z
    .int()
    .min(1)
    .max(2 ** 22)
    .optional()
    .describe("Processes of its user, on the whole machine"),
  core: z
    .int()
    .min(0)
    .max(2 ** 50)
    .optional()
    .describe("Bytes of a core file, rounded down to 512"),
});

const NOT_A_NAME = "must be letters, digits and `_`, and not one of Muster's own";
const envName = z.string().regex(/^(?!MUSTER_PROCESS$|MUSTER_LEADER$|muster_)[A-Za-z_][A-Za-z0-9_]*$/, NOT_A_NAME);

export const processProperties = z.strictObject({
  command: withoutNul.min(1).describe("The program: a name on the PATH of its environment, or a path, from `cwd` on"),
  args: z.array(withoutNul).optional().describe("Its arguments, as they are: no shell reads them"),
  env: z
    .record(envName, plainOrSecret)
    .optional()
    .describe("Its environment, besides PATH, HOME, LANG, USER and TMPDIR; a value may be `{ secret: … }`"),
  cwd: withoutNul
    .refine(isAbsolute, "must be an absolute path")
    .optional()
    .describe("The directory it runs in; / unless told"),
  user: z
    .string()
    .regex(/^[^\s:]{1,64}$/, "must be a name or a number")
    .optional()
    .describe("The account it runs as, by name or number; Muster's own unless told"),
  port: portOrText.optional().describe("The port it listens on: nobody else may do so when it starts"),
  stop: stop.optional().describe("How it is ended"),
  log: logProperties.optional().describe("How much of what it prints is kept"),
  limits: limits.optional().describe("What it may use"),
  ready: ready.optional().describe("When it counts as running; as soon as it is started unless told"),
});
export type ProcessProperties = z.infer<typeof processProperties>;

export const processSettings = z.strictObject({
  dir: z
    .string()
    .min(1)
    .describe("The directory that holds a directory for each process; it is made when it is not there"),
});
/** The same, with a directory for whoever names none. */
export function processSettingsIn(directory: string) {
  return processSettings.extend({ dir: processSettings.shape.dir.default(directory) });
}
export type ProcessSettings = z.infer<typeof processSettings>;

/** How a process is asked to end, and how long it may take, in milliseconds. */
export function stopOf({ stop }: Partial<ProcessProperties>) {
  return { signal: stop?.signal ?? "SIGTERM", timeoutMs: durationOf(stop?.timeout ?? "") ?? 10_000 } as const;
}

/** How much of what it prints is kept: files of so many bytes. */
export function logOf({ log }: Partial<ProcessProperties>) {
  return { size: log?.size ?? 10_485_760, files: log?.files ?? 3 };
}
