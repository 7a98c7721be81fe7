import { join } from "node:path";
import { stateDirectory } from "@muster/store";
import type { Environment } from "./cli.ts";

/** Where images are unless a command says otherwise: `$MUSTER_IMAGE_DIR`, else `images` in the state directory. */
export function imageDirectoryIn(env: Environment): string {
  return env["MUSTER_IMAGE_DIR"] || join(stateDirectory(env), "images");
}
