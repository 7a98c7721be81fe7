/** The command as it is installed: built, which is how users have it. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const BUILD = join(import.meta.dirname, "../scripts/build.ts");

/** Builds it in a folder that is there, and answers the path of its `bin`. */
export function buildCommand(folder: string): string {
  const build = join(folder, "build");
  execFileSync(process.execPath, [BUILD, build], { stdio: ["ignore", "ignore", "inherit"] });
  return join(build, "cli/bin/muster.js");
}
