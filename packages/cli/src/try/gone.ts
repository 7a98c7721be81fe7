/** A look at what is left of a copy: nothing bears its marks any more, nothing is claimed for it, and its paths are free. */
import { lstatSync } from "node:fs";
import { type Inspector, type Notice, openInspector } from "@muster/daemon";
import { type JsonObject, MusterError, type Stack } from "@muster/model";
import { settingsFor } from "@muster/plugin";
import type { Thing } from "@muster/runtime";
import { openSqliteStore, storePath } from "@muster/store";
import { builtinsOf } from "../builtins.ts";
import { pluginDirectory } from "../places.ts";
import { OUTSIDE } from "../work/host.ts";
import type { TryPlace } from "./place.ts";

/** A type, and the entry under `providers` that its things are reached through; missing: the type's own. */
interface Way {
  readonly type: string;
  readonly provider: string | undefined;
  /** Names that things have where their type is known by names. */
  readonly names: readonly string[];
}

/** What is left, a line for each: nothing, where all is gone. Throws what keeps it from being told. */
export async function leftOf(
  { env }: TryPlace,
  copy: Stack,
  places: readonly string[],
  onNotice: (notice: Notice) => void,
): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const store = parts.adopt(openSqliteStore(storePath(env)), (it) => it.close());
  const claims = (await store.claims(copy.name)).map(({ type, id }) => `${type} ${id} is still claimed`);
  const paths = places.flatMap((path) => (isThere(path) ? [`${path} is still there`] : []));
  const things: string[] = [];
  for (const ways of apart(waysOf(copy))) {
    const settings = Object.fromEntries(ways.map((way) => [way.type, settingsOf(way, copy)]));
    const options = { builtins: builtinsOf(env), settings, outside: OUTSIDE, pluginDirectory: pluginDirectory(env) };
    const inspector = parts.adopt(await openInspector({ ...options, store, onNotice }), (it) => it.close());
    for (const way of ways) things.push(...(await leftThere(inspector, way, copy.name)));
  }
  return [...paths, ...things, ...claims];
}

async function leftThere(
  { things, explain }: Inspector,
  { type, names }: Way,
  stack: string,
): Promise<readonly string[]> {
  const { known } = explain(type);
  // Paths are looked at where they lie; of a task nothing stays.
  if (known === "task" || type === "file" || type === "directory") return [];
  if (known === "claim") {
    const found = await Promise.all(names.map((name) => unlessNone(things.show(type, name))));
    return found.flatMap((thing) => (thing === undefined ? [] : [`${type} ${thing.name} is still there`]));
  }
  const left = (await things.list(type)).filter(({ owner }) => owner?.stack === stack);
  return left.map(({ id }) => `${type} ${id} is still there`);
}

async function unlessNone(thing: Promise<Thing>): Promise<Thing | undefined> {
  try {
    return await thing;
  } catch (thrown) {
    if (thrown instanceof MusterError && thrown.code === "thing.not-found") return undefined;
    throw thrown;
  }
}

function waysOf({ resources, groups }: Stack): readonly Way[] {
  const ways = new Map<string, Way>();
  const add = (type: string, provider: string | undefined, names: readonly string[]) => {
    const key = JSON.stringify([type, provider]);
    ways.set(key, { type, provider, names: [...(ways.get(key)?.names ?? []), ...names] });
  };
  for (const { type, provider, name, properties } of Object.values(resources)) {
    const named = typeof properties["name"] === "string" ? properties["name"] : name;
    add(type, provider, named.includes("${") ? [] : [named]);
  }
  for (const { template } of Object.values(groups)) add(template.name, undefined, []);
  return [...ways.values()];
}

/** One that looks at things has one way to each type. */
function apart(ways: readonly Way[]): readonly (readonly Way[])[] {
  const rounds: Way[][] = [];
  for (const way of ways) {
    const free = rounds.find((round) => round.every(({ type }) => type !== way.type));
    if (free === undefined) rounds.push([way]);
    else free.push(way);
  }
  return rounds;
}

function settingsOf({ type, provider }: Way, { providers }: Stack): JsonObject {
  const family = provider === undefined ? undefined : providers[provider]?.type;
  return settingsFor({ name: type, ...(family === undefined ? {} : { family }) }, providers, {}, provider);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
