import { resolve } from "node:path";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import type { DirFlags } from "../commands/image-flags.ts";
import { imageDirectoryIn } from "../image-directory.ts";

export interface ImageFlags extends OutputFlags, DirFlags {}

/** Where images are: `--dir`, else where they are unless a command says otherwise; absolute. */
export function imageDirectory({ env, cwd }: Pick<Cli, "env" | "cwd">, { dir }: DirFlags = {}): string {
  return resolve(cwd, dir || imageDirectoryIn(env));
}
