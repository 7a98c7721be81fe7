/** Where a try has what is its own: a state directory, files and sockets, apart from those of real stacks. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { makePrivateDirectory } from "@muster/plugin";
import { stateDirectory } from "@muster/store";
import type { Environment } from "../cli.ts";
import { imageDirectoryIn } from "../image-directory.ts";
import { pluginDirectory, trySockets } from "../places.ts";
import { filesIn } from "./copy.ts";

export function triesDirectory(env: Environment): string {
  return join(stateDirectory(env), "tries");
}

export interface TryPlace {
  readonly id: string;
  readonly dir: string;
  /** What a Muster that sees to it has for its environment. Images and plugins are everybody's. */
  readonly env: Environment;
}

/** A letter and a digit first: an id is never taken for a number, nor for a word. */
export function newId(random: (count: number) => Uint8Array): string {
  const [letter = 0, digit = 0, ...rest] = random(4);
  return `${"abcdef"[letter % 6]}${digit % 10}${Buffer.from(rest).toString("hex")}`;
}

/** @param env everybody's; the directory is that of the try */
export function placeOfTry(env: Environment, id: string, platform = ""): TryPlace {
  const dir = join(triesDirectory(env), id);
  return {
    ...{ id, dir },
    env: {
      ...env,
      MUSTER_PLUGIN_DIR: pluginDirectory(env),
      MUSTER_IMAGE_DIR: imageDirectoryIn(env),
      MUSTER_STATE_DIR: join(dir, "state"),
      MUSTER_SOCKET: join(trySockets(env, id), "muster.sock"),
      ...{ MUSTER_TRY: id, MUSTER_TRY_DIR: dir, MUSTER_TRY_PLATFORM: platform },
    },
  };
}

/** Throws `daemon.unsafe-directory`. */
export function makePlace({ dir }: TryPlace): void {
  for (const each of [dir, join(dir, "state"), filesIn(dir)]) makePrivateDirectory(each);
}

/** Twice is harmless. */
export function removePlace(env: Environment, id: string): void {
  for (const each of [trySockets(env, id), join(triesDirectory(env), id)]) {
    rmSync(each, { recursive: true, force: true });
  }
}
