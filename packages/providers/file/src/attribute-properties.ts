/** What a file and a directory alike are declared with. */
import { z } from "zod";

const account = z.string().regex(/^[^\s:]{1,64}$/, "must be a name or a number");

/** @param what `file`, `directory` */
export function pathProperty(what: string) {
  return z
    .string()
    .regex(/^\/[^\0]*$/, "must begin with a slash")
    .describe(`Where the ${what} is: an absolute path without \`.\` and \`..\``);
}

/** @param otherwise the mode of a new one of which none is declared */
export function attributeProperties(what: string, otherwise: string) {
  return {
    mode: z
      .string()
      .regex(/^[0-7]{4}$/, `must be four octal digits, like "${otherwise}"`)
      .optional()
      .describe(`Four octal digits; a new ${what} has ${otherwise}, less what the umask takes, unless told`),
    owner: account.optional().describe("The user's name; a number only where it has no name"),
    group: account.optional().describe("The group's name; a number only where it has no name"),
  };
}

export interface AttributeProperties {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** @param what `Files`, `Directories` */
export function rootSettings(what: string) {
  return z.strictObject({
    root: z
      .string()
      .min(1)
      .optional()
      .describe(`${what} must lie below this directory and be reached through no link; missing directories are made`),
  });
}
