/** The one table of kinds: by the name that a check begins with. */
import { didYouMean, nearest, ownOf } from "@muster/model";
import type { Kind } from "../kind.ts";
import { group, user } from "./accounts.ts";
import { container } from "./container.ts";
import { directory, disk, file, mount } from "./files.ts";
import { addr, certificate, dns, http } from "./outside.ts";
import { command, installedPackage, kernelParam, networkInterface, port, process, program, service } from "./system.ts";

export const KINDS = {
  addr,
  certificate,
  command,
  container,
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

/** Kinds beside those of the table, by name. Where both have one, the one of the table is meant. */
export type MoreKinds = Readonly<Record<string, Kind>>;

export function kindOf(name: string, more: MoreKinds = {}): Kind | undefined {
  const kinds: MoreKinds = KINDS;
  return ownOf(kinds, name) ?? ownOf(more, name);
}

export function kindNames(more: MoreKinds = {}): readonly string[] {
  return [...new Set([...KIND_NAMES, ...Object.keys(more)])];
}

export function nearestKind(word: string, more: MoreKinds = {}): string {
  return didYouMean(nearest(word, kindNames(more)));
}
