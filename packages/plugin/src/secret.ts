/** Values that nobody may see: declared as a reference, and read by the provider when it makes the thing. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { isObject, messageOf, systemCodeOf } from "@muster/model";
import { z } from "zod";
import { ProviderError } from "./contract.ts";

/** A secret is a password or a key, and no archive. */
const MAX_SECRET = 65_536;
/** So long a command may think before it tells a secret, in milliseconds. */
const COMMAND_MS = 10_000;

export const secretReference = z.strictObject({
  secret: z.union([
    z.strictObject({ env: z.string().min(1).describe("a variable of the environment in which Muster runs") }),
    z.strictObject({
      file: z
        .string()
        .refine(isAbsolute, "must be an absolute path")
        .describe("a file; one line break at its end is not of the value"),
    }),
    z.strictObject({
      command: z
        .tuple([z.string().min(1)], z.string())
        .describe(
          "a program and its arguments, run without a shell: what it prints, without one line break at its end",
        ),
    }),
  ]),
});
export type SecretReference = z.infer<typeof secretReference>;

/** A value as it is, or where it is to be read. What is stored, shown and sent is what stands here. */
export const plainOrSecret = z.union([z.string(), secretReference]);
export type PlainOrSecret = z.infer<typeof plainOrSecret>;

/** True where a value is not the value, but says where it is to be read. */
export function isSecret(value: unknown): value is SecretReference {
  return isObject(value) && Object.hasOwn(value, "secret") && secretReference.safeParse(value).success;
}

/**
 * The value itself. It goes into what is made, and nowhere else: no error tells it.
 *
 * @throws ProviderError `retryable`: where it is to be read nothing is yet
 */
export function revealed(value: PlainOrSecret, env: Readonly<Record<string, string | undefined>>): string {
  if (typeof value === "string") return value;
  const { secret } = value;
  if ("file" in secret) return fromFile(secret.file);
  if ("command" in secret) return fromCommand(secret.command, env);
  const found = env[secret.env];
  if (found !== undefined) return found;
  throw new ProviderError("retryable", `the secret ${secret.env} is not in the environment in which Muster runs`);
}

function fromFile(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > MAX_SECRET) throw new ProviderError("retryable", `it has more than ${MAX_SECRET} bytes`);
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (thrown) {
    throw new ProviderError("retryable", `the secret in ${path} cannot be read: ${messageOf(thrown)}`);
  }
}

/** What it prints as an error goes nowhere: the secret may stand there too. */
function fromCommand([program, ...args]: readonly [string, ...string[]], env: NodeJS.ProcessEnv): string {
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    const bounds = { timeout: COMMAND_MS, killSignal: "SIGKILL", maxBuffer: MAX_SECRET } as const;
    return execFileSync(program, args, { ...bounds, env, stdio, encoding: "utf8" }).replace(/\r?\n$/, "");
  } catch (thrown) {
    throw new ProviderError("retryable", `the secret of the command ${program} cannot be read: ${endingOf(thrown)}`);
  }
}

function endingOf(thrown: unknown): string {
  const code = systemCodeOf(thrown);
  if (code === "ETIMEDOUT") return `it took longer than ${COMMAND_MS / 1_000} s`;
  if (code === "ENOBUFS") return `it printed more than ${MAX_SECRET} bytes`;
  const { status, signal } = Object(thrown);
  if (typeof status === "number") return `it ended with ${status}`;
  return typeof signal === "string" ? `it was ended by ${signal}` : messageOf(thrown);
}
