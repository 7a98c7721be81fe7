/**
 * InfraKit's groups, in the form of the walk-through (the size is in the flavor's properties) and in the later one (the
 * size is in `Allocation`). A group is a stack of its own, and both have its ID for a name.
 */
import {
  type Chosen,
  GROUPS_ONLY,
  type GroupDeclaration,
  isObject,
  type JsonObject,
  type Slots,
  type Stack,
} from "@muster/model";
import { INFRAKIT_FLAVORS, infrakitMarking, ownName } from "@muster/plugin";
import { type Found, isGiven, readKeys } from "./infrakit-keys.ts";
import { readUpdating } from "./infrakit-updating.ts";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";
import {
  noteMissingKey,
  readMapping,
  readMembers,
  readName,
  readSize,
  readText,
  readTexts,
  recordOf,
} from "./values.ts";

/** Undefined only where it has noted a problem. */
export function infrakitStack(data: JsonObject, problems: Problems): Stack | undefined {
  const top = readKeys(data, [], ["ID", "Properties"], problems);
  const name = readName(top.ID.value, "the group", top.ID.path, problems);
  const properties = readMapping(top.Properties.value, top.Properties.path, problems);
  if (name === undefined || properties === undefined) return undefined;

  const group = readKeys(properties, top.Properties.path, ["Instance", "Flavor", "Allocation", "Updating"], problems);
  const instance = readPlugin(group.Instance, "the type of its members", problems);
  const flavor = readPlugin(group.Flavor, "how its members are treated", problems);
  if (instance === undefined || flavor === undefined) return undefined;

  const slots = isGiven(group.Allocation)
    ? readAllocation(group.Allocation, name, problems)
    : readSizeInFlavor(flavor, name, problems);
  const treated = isVanilla(flavor.name)
    ? readVanilla(flavor, !isGiven(group.Allocation), problems)
    : { name: flavor.name, properties: flavor.properties };
  const rollout = readUpdating(group.Updating, name, problems);
  if (slots === undefined || treated === undefined || rollout === undefined) return undefined;
  const template = { name: instance.name, properties: { properties: instance.properties } };
  const declared: GroupDeclaration = {
    name,
    slots,
    template,
    flavor: treated,
    marking: infrakitMarking(properties),
    rollout,
    repair: {},
    checks: [],
  };
  return { name, mode: "enforce", providers: recordOf([]), ...GROUPS_ONLY, groups: recordOf([[name, declared]]) };
}

/** InfraKit's vanilla flavor has other words for its properties than Muster's own. */
export function isVanilla(flavor: string): boolean {
  return ownName(INFRAKIT_FLAVORS, flavor) === "vanilla";
}

interface Plugin extends Chosen {
  /** Where its properties are. */
  readonly path: Path;
}

function readPlugin(found: Found, wanted: string, problems: Problems): Plugin | undefined {
  if (!isGiven(found)) {
    noteMissingKey(String(found.path.at(-1)), wanted, found.path.slice(0, -1), problems);
    return undefined;
  }
  const mapping = readMapping(found.value, found.path, problems);
  if (mapping === undefined) return undefined;
  const { Plugin, Properties } = readKeys(mapping, found.path, ["Plugin", "Properties"], problems);
  if (!isGiven(Plugin)) noteMissingKey("Plugin", "the name of a plugin", found.path, problems);
  const name = isGiven(Plugin) ? readText(Plugin.value, Plugin.path, problems) : undefined;
  const properties = readMapping(Properties.value ?? {}, Properties.path, problems);
  return name === undefined || properties === undefined ? undefined : { name, properties, path: Properties.path };
}

function readAllocation(found: Found, group: string, problems: Problems): Slots | undefined {
  const mapping = readMapping(found.value, found.path, problems);
  if (mapping === undefined) return undefined;
  const { Size, LogicalIDs } = readKeys(mapping, found.path, ["Size", "LogicalIDs"], problems);
  if (!isGiven(Size) && !isGiven(LogicalIDs)) {
    problems.add("declaration.size-or-members", { group }, found.path, "key");
    return undefined;
  }
  return readSlots(Size, LogicalIDs, group, problems);
}

/** Flavors of the walk-through told the size of their group; one that tells none has one member. */
function readSizeInFlavor(flavor: Plugin, group: string, problems: Problems): Slots | undefined {
  const entries = Object.entries(flavor.properties);
  const find = (key: string): Found => {
    const [written, value] = entries.find(([each]) => each.toLowerCase() === key.toLowerCase()) ?? [key, undefined];
    return { value: value ?? undefined, path: [...flavor.path, written] };
  };
  return readSlots(find("Size"), find("LogicalIDs"), group, problems, 1);
}

/** InfraKit writes a size of 0 beside logical ids, and an empty list of them beside a size. Both mean: not given. */
function readSlots(size: Found, ids: Found, group: string, problems: Problems, otherwise?: number): Slots | undefined {
  const hasIds = isGiven(ids) && !(Array.isArray(ids.value) && ids.value.length === 0);
  if (hasIds && isGiven(size) && size.value !== 0) {
    const words = { group, size: "Size", members: "LogicalIDs" };
    problems.add("declaration.size-and-members", words, ids.path, "key");
    return undefined;
  }
  if (hasIds) {
    const names = readMembers(ids.value, group, ids.path, problems);
    return names === undefined ? undefined : { kind: "named", names };
  }
  const count = readSize(size.value ?? otherwise ?? 0, size.path, problems);
  return count === undefined ? undefined : { kind: "numbered", size: count };
}

/** InfraKit's vanilla in Muster's words: `UserData` or `Init`, `Labels` or `Tags`. */
function readVanilla(flavor: Plugin, sizeInside: boolean, problems: Problems): Chosen | undefined {
  const known = sizeInside
    ? (["Size", "LogicalIDs", "UserData", "Init", "Labels", "Tags"] as const)
    : (["UserData", "Init", "Labels", "Tags"] as const);
  const found: Partial<Record<string, Found>> = readKeys<string>(flavor.properties, flavor.path, known, problems);
  const init = [found["Init"], found["UserData"]].find((each) => each !== undefined && isGiven(each));
  const tags = [found["Tags"], found["Labels"]].find((each) => each !== undefined && isGiven(each));
  const lines = init && readTexts(init.value, init.path, problems);
  const words = tags && readTags(tags, problems);
  return { name: flavor.name, properties: { ...(lines ? { init: lines } : {}), ...(words ? { tags: words } : {}) } };
}

function readTags(found: Found, problems: Problems): JsonObject | undefined {
  const tags = readMapping(found.value, found.path, problems);
  for (const [key, value] of Object.entries(tags ?? {})) readText(value, [...found.path, key], problems);
  return isObject(tags) ? tags : undefined;
}
