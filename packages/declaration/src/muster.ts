/** Muster's own grammar, as far as it is built. */
import {
  type Chosen,
  type GroupDeclaration,
  isObject,
  type Json,
  type JsonObject,
  type ProviderDeclaration,
  type Slots,
  type Stack,
} from "@muster/model";
import { readChecks } from "./checks.ts";
import { readMode, readRepair, readRollout } from "./policies.ts";
import type { Problems } from "./problems.ts";
import { readPurge, readResources } from "./resources.ts";
import type { Path } from "./source.ts";
import {
  checkKeys,
  checkName,
  noteMissingKey,
  readMapping,
  readMembers,
  readName,
  readSize,
  readText,
  recordOf,
} from "./values.ts";

const STACK_KEYS = ["stack", "owner", "runbook", "mode", "providers", "resources", "purge", "groups", "checks"];
const GROUP_KEYS = ["size", "members", "template", "flavor", "rollout", "repair", "checks"];
const GROUP_KEYS_LATER = ["provider", "protect", "ignore", "onDrift", "dependsOn", "notify"];

/** Undefined only where it has noted a problem. */
export function musterStack(data: JsonObject, problems: Problems): Stack | undefined {
  checkKeys(data, [], STACK_KEYS, [], problems);
  const name = readName(data["stack"], "the stack", ["stack"], problems);
  const owner = data["owner"] === undefined ? undefined : readText(data["owner"], ["owner"], problems);
  const runbook = data["runbook"] === undefined ? undefined : readText(data["runbook"], ["runbook"], problems);
  const mode = readMode(data["mode"], ["mode"], problems);
  const providers = readEach(data["providers"] ?? {}, "the provider", ["providers"], readProvider, problems);
  const names = isObject(data["groups"]) ? Object.keys(data["groups"]) : [];
  const { fronts, resources } = readResources(data["resources"], names, problems);
  const purge = readPurge(data["purge"], problems);
  const checks = readChecks(data["checks"], ["checks"], problems);
  const groups =
    data["resources"] !== undefined && data["groups"] === undefined ? {} : readGroups(data["groups"], problems);
  if (name === undefined || mode === undefined) return undefined;
  return {
    name,
    ...(owner === undefined ? {} : { owner }),
    ...(runbook === undefined ? {} : { runbook }),
    mode,
    providers,
    fronts,
    resources,
    purge,
    groups,
    checks,
  };
}

function readGroups(value: Json | undefined, problems: Problems): Stack["groups"] {
  if (value !== undefined) return readEach(value, "the group", ["groups"], readGroup, problems);
  noteMissingKey("groups", "groups of instances by name, such as `web: { size: 3, template: … }`", [], problems);
  return {};
}

/** Reads the values of a mapping whose keys are names. */
function readEach<T>(
  value: Json,
  what: string,
  path: Path,
  read: (value: Json, name: string, path: Path, problems: Problems) => T | undefined,
  problems: Problems,
): Readonly<Record<string, T>> {
  const entries: [string, T][] = [];
  for (const [name, each] of Object.entries(readMapping(value, path, problems) ?? {})) {
    checkName(name, what, [...path, name], "key", problems);
    const one = read(each, name, [...path, name], problems);
    if (one !== undefined) entries.push([name, one]);
  }
  return recordOf(entries);
}

/** `NAME: {type?, …settings}`; the name is the type's unless told. */
function readProvider(value: Json, name: string, path: Path, problems: Problems): ProviderDeclaration | undefined {
  const provider = readMapping(value ?? {}, path, problems);
  if (provider === undefined) return undefined;
  const { type = name, ...settings } = provider;
  const typeName = readText(type, [...path, "type"], problems);
  return typeName === undefined ? undefined : { type: typeName, settings };
}

function readGroup(value: Json, name: string, path: Path, problems: Problems): GroupDeclaration | undefined {
  const group = readMapping(value, path, problems);
  if (group === undefined) return undefined;
  checkKeys(group, path, GROUP_KEYS, GROUP_KEYS_LATER, problems);
  const slots = readSlots(group, name, path, problems);
  const template = readTemplate(group["template"], path, problems);
  const flavor = readChosen(group["flavor"] ?? { vanilla: {} }, "flavor", [...path, "flavor"], problems);
  const rollout = readRollout(group["rollout"], { name, slots, path }, problems);
  const repair = readRepair(group["repair"], { name, slots, path }, problems);
  const checks = readChecks(group["checks"], [...path, "checks"], problems);
  if (slots === undefined || template === undefined || flavor === undefined) return undefined;
  if (rollout === undefined || repair === undefined) return undefined;
  return { name, slots, template, flavor, marking: { kind: "muster" }, rollout, repair, checks };
}

function readSlots(group: JsonObject, name: string, path: Path, problems: Problems): Slots | undefined {
  const { size, members } = group;
  if (size !== undefined && members !== undefined) {
    const words = { group: name, size: "size", members: "members" };
    problems.add("declaration.size-and-members", words, [...path, "members"], "key");
    return undefined;
  }
  if (members !== undefined) {
    const names = readMembers(members, name, [...path, "members"], problems);
    return names === undefined ? undefined : { kind: "named", names };
  }
  if (size === undefined) {
    problems.add("declaration.size-or-members", { group: name }, path, "key");
    return undefined;
  }
  const count = readSize(size, [...path, "size"], problems);
  return count === undefined ? undefined : { kind: "numbered", size: count };
}

function readTemplate(value: Json | undefined, path: Path, problems: Problems): Chosen | undefined {
  if (value !== undefined) return readChosen(value, "type", [...path, "template"], problems);
  noteMissingKey("template", "a type and its properties, such as `instance-file: {}`", path, problems);
  return undefined;
}

/** `NAME: {…properties}`: exactly one name. */
function readChosen(value: Json, what: "type" | "flavor", path: Path, problems: Problems): Chosen | undefined {
  const chosen = readMapping(value, path, problems);
  if (chosen === undefined) return undefined;
  const [first, ...others] = Object.entries(chosen);
  if (first === undefined || others.length > 0) {
    const names = Object.keys(chosen);
    const found = first === undefined ? "empty" : `${names.length} keys: ${names.join(", ")}`;
    problems.add(
      "declaration.wrong-kind",
      { what: `\`${path.at(-1)}\``, wanted: `one ${what} with its properties`, found },
      path,
      "key",
    );
    return undefined;
  }
  const [name, properties] = first;
  const mapping = readMapping(properties ?? {}, [...path, name], problems);
  return mapping === undefined ? undefined : { name, properties: mapping };
}
