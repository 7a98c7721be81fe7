/** What a command is declared with. */
import { isAbsolute } from "node:path";
import { durationOf } from "@muster/model";
import { plainOrSecret } from "@muster/plugin";
import { z } from "zod";

const DAY = 86_400_000;

const withoutNul = z.string().regex(/^[^\0]*$/, "must not contain a zero byte");
const absolute = withoutNul.refine(isAbsolute, "must be an absolute path");
const words = z.tuple([withoutNul.min(1)], withoutNul, {
  error: 'must be a list of a program and its arguments, like ["nginx", "-t"]: no shell reads it',
});
const questions = z.union([words, z.array(words).min(1)], {
  error: 'must be a list of a program and its arguments, like ["test", "-e", "/a"], or a list of such',
});

const duration = z.string().refine((text) => {
  const ms = durationOf(text);
  return ms !== undefined && ms > 0 && ms <= DAY;
}, 'must be a duration of a day at most, like "30s"');

const properties = z.strictObject({
  name: z.string().min(1).describe("What it is called, in a few words"),
  command: words.describe("A program and its arguments, as they are: no shell reads them"),
  cwd: absolute.optional().describe("The directory it runs in; / unless told"),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be letters, digits and `_`"), plainOrSecret)
    .optional()
    .describe("Its environment, besides PATH, HOME, LANG, USER and TMPDIR; a value may be `{ secret: … }`"),
  user: z
    .string()
    .regex(/^[^\s:]{1,64}$/, "must be a name or a number")
    .optional()
    .describe("The account it runs as, by name or number; Muster's own unless told"),
  timeout: duration.optional().describe("How long it may take, then it is ended; `5m` unless told, a day at most"),
  creates: absolute.optional().describe("A path: it is due while nothing is there"),
  onlyIf: questions
    .optional()
    .describe("A command that only asks, or a list of such: it is due while each exits with 0"),
  unless: questions
    .optional()
    .describe("A command that only asks, or a list of such: it is due while none exits with 0"),
  refreshOnly: z
    .boolean()
    .optional()
    .describe("It is never due by itself, and run when something changes that has it in its `notify`"),
  returns: z
    .array(z.int().min(0).max(255))
    .min(1)
    .optional()
    .describe("The codes with which it exits when it has done its work; 0 only unless told"),
});
export type CommandTaskProperties = z.infer<typeof properties>;

export const commandTaskProperties = properties
  .refine((want) => want.refreshOnly === true || hasCondition(want), {
    error:
      "would run at every look: say when it is due with `creates`, `onlyIf` or `unless`; or set `refreshOnly: true`, and name it " +
      "in the `notify` of what it is to follow",
  })
  .refine((want) => want.refreshOnly !== true || !hasCondition(want), {
    path: ["refreshOnly"],
    error: "is never due by itself: leave out `creates`, `onlyIf` and `unless`, or leave out this",
  });

function hasCondition({ creates, onlyIf, unless }: CommandTaskProperties): boolean {
  return creates !== undefined || onlyIf !== undefined || unless !== undefined;
}

/** A program and its arguments. */
export type Words = CommandTaskProperties["command"];

/** The commands that are asked; none where none is declared. */
export function questionsOf(declared: CommandTaskProperties["onlyIf"]): readonly Words[] {
  if (declared === undefined) return [];
  return isOne(declared) ? [declared] : declared;
}

function isOne(declared: Words | readonly Words[]): declared is Words {
  return typeof declared[0] === "string";
}

/** In milliseconds. */
export function timeoutOf({ timeout }: CommandTaskProperties): number {
  return durationOf(timeout ?? "") ?? 300_000;
}
