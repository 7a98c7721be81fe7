import { isAbsolute } from "node:path";
import { directoriesAbove } from "@muster/plugin";
import { type CommandTaskProperties, questionsOf } from "./properties.ts";

/** Where it runs, where it makes something, and the programs that are named by their paths. */
export function restsOn({ command, cwd, creates, onlyIf, unless }: CommandTaskProperties): readonly string[] {
  const programs = [command, ...questionsOf(onlyIf), ...questionsOf(unless)].map(([program]) => program);
  const whole = [...(cwd === undefined ? [] : [cwd]), ...programs.filter(isAbsolute)];
  const above = [...whole, ...(creates === undefined ? [] : [creates])].flatMap(directoriesAbove);
  return [...new Set([...above, ...whole])];
}
