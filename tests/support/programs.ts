/** Programs of this machine that a test needs. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Those that are not on the PATH. */
export function lackingOf(programs: readonly string[]): readonly string[] {
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  return programs.filter((program) => !directories.some((directory) => isProgram(join(directory, program))));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
