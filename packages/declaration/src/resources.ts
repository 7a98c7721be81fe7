/** Things that are declared for themselves: `resources: TYPE: NAME: {…}`. */
import {
  type Address,
  addressOf,
  type Check,
  CONSENTS,
  type FrontFile,
  type Json,
  type JsonObject,
  partsOfAddress,
  type ResourceDeclaration,
  type Stack,
} from "@muster/model";
import { readChecks } from "./checks.ts";
import { followsGroups, readFrontFile } from "./front-files.ts";
import { isOwnWord, type OwnWord } from "./own-words.ts";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";
import { readFlag, readMapping, readText, readTexts, readWord, recordOf, shortened, wrongKind } from "./values.ts";

const RESOURCES: Path = ["resources"];
/** Beyond this a name is taken for a slip of the hand. A path has at most 4,096 bytes. */
const LONGEST_NAME = 4_096;
const NAME_RULE = `1 to ${LONGEST_NAME} characters without braces, line breaks and the like; where it is a property, such a one can be written there`;
const TYPE_RULE = "a type whose name has no dot: in an address the first dot ends the type";

/** @param groups the names of the stack's groups: a file that names one follows it */
export function readResources(
  value: Json | undefined,
  groups: readonly string[],
  problems: Problems,
): Pick<Stack, "fronts" | "resources"> {
  const fronts: [string, FrontFile][] = [];
  const resources: [Address, ResourceDeclaration][] = [];
  const types = value === undefined ? {} : readMapping(value, RESOURCES, problems);
  for (const [type, entries] of Object.entries(types ?? {})) {
    const path: Path = [...RESOURCES, type];
    if (!isTypeName(type, path, problems)) continue;
    for (const [name, written] of Object.entries(readMapping(entries ?? {}, path, problems) ?? {})) {
      const at: Path = [...path, name];
      const entry = readMapping(written ?? {}, at, problems);
      if (!isName(name, at, problems) || entry === undefined) continue;
      const why = type === "file" ? followsGroups(entry, groups) : undefined;
      if (why === undefined) {
        const resource = readResource(type, name, entry, problems);
        if (resource !== undefined) resources.push([resource.address, resource]);
      } else {
        const front = readFrontFile(entry, why, name, at, problems);
        if (front !== undefined) fronts.push([name, front]);
      }
    }
  }
  return { fronts: recordOf(fronts), resources: recordOf(resources) };
}

function isTypeName(type: string, path: Path, problems: Problems): boolean {
  if (type !== "" && !type.includes(".")) return true;
  problems.add("declaration.bad-name", { what: "the type", name: shortened(type), rule: TYPE_RULE }, path, "key");
  return false;
}

/** Any text that can stand in a reference, on one line. */
function isName(name: string, path: Path, problems: Problems): boolean {
  if (name.length <= LONGEST_NAME && /^[^{}\p{Cc}\u2028\u2029]+$/u.test(name) && name.isWellFormed()) return true;
  problems.add("declaration.bad-name", { what: "the resource", name: shortened(name), rule: NAME_RULE }, path, "key");
  return false;
}

function readResource(
  type: string,
  name: string,
  entry: JsonObject,
  problems: Problems,
): ResourceDeclaration | undefined {
  const path: Path = [...RESOURCES, type, name];
  let whole = true;
  const own = <T>(
    key: OwnWord,
    otherwise: T,
    read: (value: Json, path: Path, problems: Problems) => T | undefined,
  ): T => {
    const value = Object.hasOwn(entry, key) ? entry[key] : undefined;
    const found = value === undefined ? otherwise : read(value, [...path, key], problems);
    if (found === undefined) whole = whole && value === undefined;
    return found ?? otherwise;
  };
  const provider = own<string | undefined>("provider", undefined, readText);
  const id = own<string | undefined>("id", undefined, readId);
  const resource: ResourceDeclaration = {
    ...{ address: addressOf(type, name), type, name },
    ...(provider === undefined ? {} : { provider }),
    ...(id === undefined ? {} : { id }),
    ensure: own("ensure", "present", (value, at) => readWord(value, ["present", "absent"], at, problems)),
    properties: Object.fromEntries(Object.entries(entry).filter(([key]) => !isOwnWord(key))),
    dependsOn: own("dependsOn", [], readAddresses),
    notify: own("notify", [], readAddresses),
    protect: own("protect", false, readFlag),
    ignore: own("ignore", [], readTexts),
    onDrift: own("onDrift", "repair", (value, at) => readWord(value, ["repair", "report"], at, problems)),
    allow: own("allow", [], readConsents),
    checks: own<readonly Check[]>("checks", [], readChecks),
  };
  if (!whole) return undefined;
  if (resource.ensure === "absent" && resource.protect) {
    const detail = "it is to be gone (`ensure: absent`), and never destroyed (`protect: true`)";
    const words = { address: resource.address, detail, fix: "Leave out one of them." };
    problems.add("declaration.resources-contradict", words, [...path, "protect"], "key");
  }
  return resource;
}

/** As its provider calls it: many of them are numbers. */
function readId(value: Json, path: Path, problems: Problems): string | undefined {
  return Number.isSafeInteger(value) ? String(value) : readText(value, path, problems);
}

/** One address, or a list of them; each is kept once. */
function readAddresses(value: Json, path: Path, problems: Problems): readonly Address[] | undefined {
  const isOne = typeof value === "string";
  if (!isOne && !Array.isArray(value)) return wrongKind(value, "an address or a list of addresses", path, problems);
  const texts = isOne ? [value] : (readTexts(value, path, problems) ?? []);
  const bad = texts.findIndex((text) => partsOfAddress(text) === undefined);
  if (bad === -1) return [...new Set(texts)];
  const at = isOne ? path : [...path, bad];
  return wrongKind(texts[bad], "an address, `TYPE.NAME`, such as `file./etc/motd`", at, problems);
}

function readConsents(value: Json, path: Path, problems: Problems): ResourceDeclaration["allow"] | undefined {
  if (!Array.isArray(value)) {
    return wrongKind(value, `a list of ${CONSENTS.map((each) => `\`${each}\``).join(" and ")}`, path, problems);
  }
  const read = value.flatMap((each: Json, index) => readWord(each, CONSENTS, [...path, index], problems) ?? []);
  return read.length === value.length ? [...new Set(read)] : undefined;
}

/** `purge: {TYPE: noop|destroy}` */
export function readPurge(value: Json | undefined, problems: Problems): Stack["purge"] {
  const path: Path = ["purge"];
  const types = value === undefined ? {} : readMapping(value, path, problems);
  return recordOf(
    Object.entries(types ?? {}).flatMap(([type, word]) => {
      const read = readWord(word, ["noop", "destroy"], [...path, type], problems);
      return read === undefined ? [] : [[type, read] as const];
    }),
  );
}
