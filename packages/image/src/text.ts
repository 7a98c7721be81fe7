/** `image.json`: the text that an image is, as bytes and back. */
import { canonical, type Json } from "@muster/model";
import { z } from "zod";
import { MAX_COMMAND_LINE, MiB } from "./bounds.ts";
import { type Digest, type Health, type ImageText, KINDS } from "./image.ts";
import { isDigest } from "./names.ts";

const PORT_RULE = "must be from 1 to 65535";
const port = z.int().min(1, PORT_RULE).max(65_535, PORT_RULE);
export const ports = z
  .array(port)
  .max(64, "must be 64 at most")
  .refine((all) => new Set(all).size === all.length, "must have each port once");

/** As the kernel takes it: white space parts its words. */
export const COMMAND_WORD = /^[!-~]{1,500}$/;

export const health = z
  .strictObject({
    http: z
      .strictObject({
        port,
        path: z.string().regex(/^\/[!-~]{0,1000}$/, "must be a path that begins with `/`, without white space"),
      })
      .optional()
      .describe("It answers a request for this path with a status from 200 to 399"),
    tcp: z.strictObject({ port }).optional().describe("It takes a connection"),
    console: z
      .string()
      .regex(/^[^\0\r\n]{1,1000}$/, "must be a part of one line")
      .optional()
      .describe("A line of its console has this text in it"),
  })
  .transform(({ http, tcp, console: line }, { addIssue, issues }): Health => {
    const given: readonly Health[] = [
      ...(http === undefined ? [] : [{ http }]),
      ...(tcp === undefined ? [] : [{ tcp }]),
      ...(line === undefined ? [] : [{ console: line }]),
    ];
    const [first, ...others] = given;
    if (first !== undefined && others.length === 0) return first;
    // A slip in a key is told already, with the key that was meant.
    if (issues.length === 0) addIssue({ code: "custom", message: "must have one of `http`, `tcp` and `console`" });
    return z.NEVER;
  });

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
/** As many as a machine can be declared with: beyond these QEMU starts none. */
const CPUS_RULE = "must be from 1 to 255";
export const cpus = z.int().min(1, CPUS_RULE).max(255, CPUS_RULE);

const digest = z.custom<Digest>((value) => typeof value === "string" && isDigest(value), "must be a digest");

const imageText = z
  .strictObject({
    v: z.literal(1),
    kind: z.enum(KINDS),
    kernel: digest,
    initrd: digest.optional(),
    commandLine: z
      .string()
      .max(MAX_COMMAND_LINE)
      .regex(/^[ -~]*$/),
    env,
    ports,
    memory: memoryBytes,
    cpus,
    health: health.optional(),
  })
  .refine(
    ({ kind, initrd }) => (kind === "linux") === (initrd !== undefined),
    "only `linux` has an initrd, and always",
  );

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
  const { initrd, health: asked, ...others } = text;
  return {
    ...others,
    ...(initrd === undefined ? {} : { initrd }),
    ...(asked === undefined ? {} : { health: asked }),
  };
}
