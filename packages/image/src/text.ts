/** `image.json`: the text that an image is, as bytes and back. */
import { guestReady, port } from "@muster/checks/probes";
import { canonical, type Json } from "@muster/model";
import { z } from "zod";
import { MAX_COMMAND_LINE, MiB } from "./bounds.ts";
import type { Digest, ImageText } from "./image.ts";
import { isDigest } from "./names.ts";

export const ports = z
  .array(port)
  .max(64, "must be 64 at most")
  .refine((all) => new Set(all).size === all.length, "must have each port once");

/** As the kernel takes it: white space parts its words. */
export const COMMAND_WORD = /^[!-~]{1,500}$/;

export const env = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "must be letters, digits and `_`"),
    z.string().regex(/^[^\0]{0,8000}$/, "must have at most 8000 characters, and no zero byte"),
  )
  .refine((all) => Object.keys(all).length <= 256, "must have at most 256 names");

/** In bytes: whole pages, from 1 MiB to 1 TiB. */
export const memoryBytes = z
  .int()
  .min(MiB)
  .max(2 ** 40)
  .multipleOf(4096);
/** As many as the type `vm` gives. */
const MAX_CPUS = 255;
const CPUS_RULE = `must be from 1 to ${MAX_CPUS}`;
export const cpus = z.int().min(1, CPUS_RULE).max(MAX_CPUS, CPUS_RULE);

const digest = z.custom<Digest>((value) => typeof value === "string" && isDigest(value), "must be a digest");

const common = {
  v: z.literal(1),
  kernel: digest,
  commandLine: z
    .string()
    .max(MAX_COMMAND_LINE)
    .regex(/^[ -~]*$/),
  env,
  ports,
  memory: memoryBytes,
  cpus,
  health: guestReady.optional(),
};

const imageText = z.discriminatedUnion("kind", [
  z.strictObject({ ...common, kind: z.literal("unikernel") }),
  z.strictObject({ ...common, kind: z.literal("linux"), initrd: digest }),
]);

/** The bytes of which the image's digest is taken. */
export function bytesOfText(text: ImageText): Uint8Array {
  return new TextEncoder().encode(canonical(asJson(text)));
}

function asJson(text: ImageText): Json {
  return JSON.parse(JSON.stringify(text));
}

/** Undefined where the bytes are no text of an image, or not its one form. */
export function textOfBytes(bytes: Uint8Array): ImageText | undefined {
  const written = Buffer.from(bytes).toString("utf8");
  let data: Json;
  try {
    data = JSON.parse(written);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
  const { data: text } = imageText.safeParse(data);
  if (text === undefined || canonical(data) !== written) return undefined;
  const { health: asked, ...others } = text;
  return { ...others, ...(asked === undefined ? {} : { health: asked }) };
}
