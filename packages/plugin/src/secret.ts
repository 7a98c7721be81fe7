/** Values that nobody may see: declared as a reference, and read by the provider when it makes the thing. */
import { readFileSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { messageOf } from "@muster/model";
import { z } from "zod";
import { ProviderError } from "./contract.ts";

const secretReference = z.strictObject({
  secret: z.union([
    z.strictObject({ env: z.string().min(1).describe("a variable of the environment in which Muster runs") }),
    z.strictObject({
      file: z
        .string()
        .refine(isAbsolute, "must be an absolute path")
        .describe("a file; one line break at its end is not of the value"),
    }),
  ]),
});

/** A value as it is, or where it is to be read. What is stored, shown and sent is what stands here. */
export const plainOrSecret = z.union([z.string(), secretReference]);
export type PlainOrSecret = z.infer<typeof plainOrSecret>;

/** A secret is a password or a key, and no archive. */
const MAX_SECRET = 65_536;

/**
 * The value itself. It goes into what is made, and nowhere else: no error tells it.
 *
 * @throws ProviderError `retryable`: where it is to be read nothing is yet
 */
export function revealed(value: PlainOrSecret, env: Readonly<Record<string, string | undefined>>): string {
  if (typeof value === "string") return value;
  const { secret } = value;
  if ("file" in secret) return fromFile(secret.file);
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
