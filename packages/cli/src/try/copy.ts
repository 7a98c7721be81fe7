/**
 * A copy of a stack that does not meet the real one: docs/decisions/0012-try.md. It has another name, and so other marks;
 * its files lie below a directory of its own, and what its providers keep does so too.
 */
import { join, normalize } from "node:path";
import { isObject, type Json, type JsonObject, type Stack } from "@muster/model";
import { textsIn } from "./changed.ts";
import { type Moved, mover } from "./moved.ts";

export interface Apart {
  /** The name of the copy. */
  readonly stack: string;
  readonly id: string;
  /** Below it lies every file of the copy: `/etc/motd` at FILES/etc/motd. */
  readonly files: string;
  /** The property that names the things of a type that bear marks: two may have one name, but a person is told by it. */
  readonly naming: Readonly<Record<string, string>>;
}

export interface Copy {
  readonly data: JsonObject;
  /** Of every declared file and directory, where it lies in the copy. */
  readonly places: readonly string[];
}

/** Types whose things are paths of this machine. */
const PATHS = ["file", "directory"];
/** What a provider keeps on this machine, by type: what is not said of it lies in the state directory, and the copy has one. */
const KEPT = ["instance-file", "process", "vm"];

/** @param stack what the data declares */
export function copyOf(data: JsonObject, stack: Stack, apart: Apart): Copy {
  const moved = movedIn(stack);
  const move = mover(moved, apart.files);
  const { stack: _, try: __, purge: ___, mode: ____, owner, runbook, ...rest } = data;
  const about = { ...(owner === undefined ? {} : { owner }), ...(runbook === undefined ? {} : { runbook }) };
  const resources = isObject(rest["resources"]) ? { resources: resourcesApart(rest["resources"], stack, apart) } : {};
  const groups = isObject(rest["groups"]) ? { groups: groupsApart(rest["groups"], apart) } : {};
  const meant = Object.fromEntries(
    Object.entries({ ...rest, ...resources, ...groups }).map(([key, value]) => [key, textsIn(value, move)]),
  );
  return {
    data: { stack: apart.stack, ...about, ...meant, providers: providersApart(rest["providers"], apart) },
    places: moved.map(({ path }) => apart.files + path),
  };
}

/** Where a file lies in the copy that is declared with this path; a path that is taken from elsewhere comes with its place. */
function placeIn({ files }: Apart, path: Json): Json {
  return typeof path === "string" && path.startsWith("/") ? files + normalize(path) : path;
}

function movedIn({ resources, fronts, groups }: Stack): readonly Moved[] {
  const single = Object.values(resources)
    .filter(({ type }) => PATHS.includes(type))
    .map(({ type, name, properties }) => ({ path: properties["path"] ?? name, isDirectory: type === "directory" }));
  const following = Object.keys(fronts).map((path) => ({ path, isDirectory: false }));
  const alike = Object.values(groups).flatMap(({ template: { name, properties }, slots }) => {
    const path = properties["path"];
    if (!PATHS.includes(name) || typeof path !== "string") return [];
    const names = slots.kind === "named" ? slots.names : Array.from({ length: slots.size }, (_, at) => String(at));
    const isDirectory = name === "directory";
    return names.map((slot) => ({ path: path.replaceAll(/\$\{self\.(slot|id)\}|\{id\}/g, slot), isDirectory }));
  });
  const all = [...single, ...following, ...alike];
  return all.flatMap(({ path, isDirectory }) => {
    // What is put together of others' properties is known only when it is made.
    if (typeof path !== "string" || !path.startsWith("/") || path === "/" || path.includes("${")) return [];
    return [{ path: normalize(path), isDirectory }];
  });
}

function resourcesApart(written: JsonObject, { fronts }: Stack, apart: Apart): JsonObject {
  const byType = Object.entries(written).map(([type, entries]): [string, Json] => {
    if (!isObject(entries)) return [type, entries];
    const each = Object.entries(entries).map(([name, entry]): [string, Json] => {
      if (type === "file" && Object.hasOwn(fronts, name)) return [String(placeIn(apart, name)), entry];
      return [name, resourceApart(type, name, isObject(entry) ? entry : {}, apart)];
    });
    return [type, Object.fromEntries(each)];
  });
  return Object.fromEntries(byType);
}

/** The copy is to go again, whatever is never to be destroyed of the real one. */
function resourceApart(type: string, name: string, entry: JsonObject, apart: Apart): JsonObject {
  const { protect: _, ...rest } = entry;
  if (PATHS.includes(type)) return { ...rest, path: placeIn(apart, rest["path"] ?? name) };
  const naming = apart.naming[type];
  const called = naming === undefined ? undefined : (rest[naming] ?? name);
  if (naming === undefined || typeof called !== "string" || called.includes(apart.id)) return rest;
  return { ...rest, [naming]: `${called}-${apart.id}` };
}

function groupsApart(written: JsonObject, apart: Apart): JsonObject {
  const groups = Object.entries(written).map(([name, group]): [string, Json] => {
    const template = isObject(group) && isObject(group["template"]) ? group["template"] : {};
    const [type = "", properties = {}] = Object.entries(template)[0] ?? [];
    if (!isObject(group) || !PATHS.includes(type) || !isObject(properties)) return [name, group];
    const path = placeIn(apart, properties["path"] ?? null);
    return [name, { ...group, template: { [type]: { ...properties, path } } }];
  });
  return Object.fromEntries(groups);
}

/** Files are kept below their own directory, whatever becomes of the rewriting: nothing else is within reach. */
function providersApart(written: Json | undefined, { files }: Apart): JsonObject {
  const declared = isObject(written) ? written : {};
  const root = { root: files };
  const entries = Object.entries(declared).map(([name, settings]): [string, Json] => {
    if (!isObject(settings)) return [name, settings];
    const type = settings["type"] ?? name;
    if (typeof type !== "string") return [name, settings];
    if (PATHS.includes(type)) return [name, { ...settings, ...root }];
    const { dir, ...others } = settings;
    return [name, KEPT.includes(type) ? others : settings];
  });
  return { ...Object.fromEntries(PATHS.map((type) => [type, root])), ...Object.fromEntries(entries) };
}

/** Where the files of a copy lie. */
export function filesIn(dir: string): string {
  return join(dir, "files");
}
