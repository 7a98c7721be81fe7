import { z } from "zod";
import { isOurs } from "./droplet/marks.ts";

/** What a tag can be called that is none of Muster's marks. */
export const tagName = z
  .string()
  .regex(/^[a-zA-Z0-9_:-]{1,255}$/, "must be made of letters, digits, `_`, `:` and `-`, at most 255")
  .refine((name) => !isOurs(name), "must not begin with `muster`: so begin the marks of Muster itself");
