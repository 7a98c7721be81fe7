/** What of a thing stays as it is while nobody changes it on purpose: no sizes, times, versions and contents. */
import type { KindName } from "../kinds/all.ts";

/** The first says whether there is such a thing at all. */
export const STEADY: { readonly [Name in KindName]?: readonly [string, ...string[]] } = {
  directory: ["exists", "mode", "owner", "group"],
  file: ["exists", "type", "mode", "owner", "group", "linksTo"],
  group: ["exists", "gid", "members"],
  interface: ["exists", "mtu"],
  "kernel-param": ["exists", "value"],
  mount: ["mounted", "type", "source", "options"],
  package: ["installed"],
  port: ["listening", "addresses"],
  process: ["running"],
  service: ["exists", "running", "enabled"],
  user: ["exists", "uid", "gid", "home", "shell", "groups"],
};

export const STEADY_KINDS: readonly string[] = Object.keys(STEADY);

export function steadyOf(kind: string): readonly [string, ...string[]] | undefined {
  const all: Readonly<Record<string, readonly [string, ...string[]]>> = STEADY;
  return Object.hasOwn(all, kind) ? all[kind] : undefined;
}
