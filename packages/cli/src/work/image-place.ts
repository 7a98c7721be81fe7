import { join, resolve } from "node:path";
import { stateDirectory } from "@muster/store";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import type { DirFlags } from "../commands/image-flags.ts";

export interface ImageFlags extends OutputFlags, DirFlags {}

/** Where images are: `--dir`, else `$MUSTER_IMAGE_DIR`, else `images` in the state directory; absolute. */
export function imageDirectory({ env, cwd }: Pick<Cli, "env" | "cwd">, { dir }: DirFlags = {}): string {
  const told = dir || env["MUSTER_IMAGE_DIR"];
  return told ? resolve(cwd, told) : join(stateDirectory(env), "images");
}
