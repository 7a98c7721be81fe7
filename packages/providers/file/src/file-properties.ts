import { z } from "zod";

/** Contents beyond this many bytes are neither written nor read. */
export const CONTENT_LIMIT = 16 * 1024 * 1024;

const account = z.string().regex(/^[^\s:]{1,64}$/, "must be a name or a number");

export const fileProperties = z.strictObject({
  path: z
    .string()
    .regex(/^\/[^\0]*$/, "must begin with a slash")
    .describe("Where the file is: an absolute path without `.` and `..`"),
  content: z
    .string()
    .max(CONTENT_LIMIT)
    .refine((text) => text.isWellFormed(), "must be text that can be written as UTF-8")
    .optional()
    .describe("The whole text of the file; a new file is empty unless told"),
  mode: z
    .string()
    .regex(/^[0-7]{4}$/, 'must be four octal digits, like "0644"')
    .optional()
    .describe("Four octal digits; a new file has 0644, less what the umask takes, unless told"),
  owner: account.optional().describe("The user's name; a number only where it has no name"),
  group: account.optional().describe("The group's name; a number only where it has no name"),
});
export type FileProperties = z.infer<typeof fileProperties>;

export const fileSettings = z.strictObject({
  root: z
    .string()
    .min(1)
    .optional()
    .describe("Files must lie below this directory and be reached through no link; missing directories are made"),
});
export type FileSettings = z.infer<typeof fileSettings>;
