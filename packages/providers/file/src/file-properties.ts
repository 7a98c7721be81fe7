import { z } from "zod";
import { attributeProperties, pathProperty, rootSettings } from "./attribute-properties.ts";

/** Contents beyond this many bytes are neither written nor read. */
export const CONTENT_LIMIT = 16 * 1024 * 1024;

export const fileProperties = z.strictObject({
  path: pathProperty("file"),
  content: z
    .string()
    .max(CONTENT_LIMIT)
    .refine((text) => text.isWellFormed(), "must be text that can be written as UTF-8")
    .optional()
    .describe("The whole text of the file; a new file is empty unless told"),
  ...attributeProperties("file", "0644"),
});
export type FileProperties = z.infer<typeof fileProperties>;

export const fileSettings = rootSettings("Files");
export type FileSettings = z.infer<typeof fileSettings>;
