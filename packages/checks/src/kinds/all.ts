/** The one table of kinds: by the name that a check begins with. */
import { didYouMean, nearest } from "@muster/model";
import type { Kind } from "../kind.ts";
import { group, user } from "./accounts.ts";
import { directory, disk, file, mount } from "./files.ts";
import { addr, certificate, dns, http } from "./outside.ts";
import { command, installedPackage, kernelParam, networkInterface, port, process, program, service } from "./system.ts";

export const KINDS = {
  addr,
  certificate,
  command,
  directory,
  disk,
  dns,
  file,
  group,
  http,
  interface: networkInterface,
  "kernel-param": kernelParam,
  mount,
  package: installedPackage,
  port,
  process,
  program,
  service,
  user,
} as const satisfies Record<string, Kind>;

export type Kinds = typeof KINDS;
export type KindName = keyof Kinds;

export const KIND_NAMES: readonly string[] = Object.keys(KINDS);

export function kindOf(name: string): Kind | undefined {
  const kinds: Readonly<Record<string, Kind>> = KINDS;
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}

export function nearestKind(word: string): string {
  return didYouMean(nearest(word, KIND_NAMES));
}
