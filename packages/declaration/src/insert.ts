/** Puts entries into a stack in YAML. What is there stays as it was written, comments and all. */
import { addressOf, isObject, type Json, MusterError, ownOf, type Stack, sameJson } from "@muster/model";
import { isMap, isScalar, parseDocument, type YAMLMap, type Document as YamlDocument } from "yaml";
import { type ResourceEntry, resourcesOf } from "./entries.ts";
import { yamlOf, yamlText } from "./entries-yaml.ts";
import { documentOf } from "./kind.ts";
import { stackOf } from "./stack.ts";
import { parseYaml } from "./yaml.ts";

/** See `withEntries`. */
export function inserted(text: string, file: string, entries: readonly ResourceEntry[]): string {
  const before = parseYaml(text, file).data;
  const declared = isObject(before) ? ownOf(before, "resources") : undefined;
  for (const { type, name } of entries) {
    const named = isObject(declared) ? ownOf(declared, type) : undefined;
    if (!isObject(named) || ownOf(named, name) === undefined) continue;
    const fix = "Take it out there first, or leave it as it is.";
    throw new MusterError("thing.impossible", { type, name, detail: `it is declared in ${file} already`, fix });
  }
  const written = entries.reduce((whole, entry) => withEntry(whole, file, entry), text);
  confirmRead(written, text, file, entries);
  return written;
}

/** What is written can be read, and each entry is a resource of the stack. */
function confirmRead(written: string, before: string, file: string, entries: readonly ResourceEntry[]): void {
  const { resources } = readAs(written, before, file);
  for (const { type, name } of entries) {
    if (Object.hasOwn(resources, addressOf(type, name))) continue;
    const detail = `in ${file} it would be read as a file that follows its groups`;
    const fix = "Write it by hand, and have no group of that name in the stack.";
    throw new MusterError("thing.not-declarable", { type, name, detail, fix });
  }
}

function readAs(written: string, before: string, file: string): Stack {
  const stackIn = (text: string) => {
    const source = parseYaml(text, file);
    return stackOf(documentOf(source), source);
  };
  try {
    return stackIn(written);
  } catch (thrown) {
    // What was wrong before is told with the lines that the file has.
    stackIn(before);
    throw thrown;
  }
}

function withEntry(text: string, file: string, entry: ResourceEntry): string {
  const wanted = withResource(parseYaml(text, file).data, entry);
  const isMeant = (written: string) => sameJson(parseYaml(written, file).data, wanted);
  const document = parseDocument(text, { version: "1.2", uniqueKeys: false });
  const spliced = splicedText(text, document, entry);
  if (spliced !== undefined && isMeant(spliced)) return spliced;
  const anew = writtenAnew(document, entry);
  if (isMeant(anew)) return anew;
  const { type, name } = entry;
  const detail = `${file} would be read otherwise than it is written`;
  const fix = `Print it with \`muster import ${type} ${name}\`, and paste it.`;
  throw new MusterError("thing.not-declarable", { type, name, detail, fix });
}

/** What is read of the stack once the entry stands in it: nothing else is another than it was. */
function withResource(data: Json, { type, name, ...entry }: ResourceEntry): Json {
  const stack = isObject(data) ? data : {};
  const resources = ownOf(stack, "resources");
  const declared = isObject(resources) ? resources : {};
  const named = ownOf(declared, type);
  const own = resourcesOf([{ type, name, ...entry }])[type];
  const both = { ...(isObject(named) ? named : {}), ...(isObject(own) ? own : {}) };
  return { ...stack, resources: { ...declared, [type]: both } };
}

/** Where it is written in braces, or not at all. */
function writtenAnew(document: YamlDocument, entry: ResourceEntry): string {
  const properties = resourcesOf([entry])[entry.type];
  const path = ["resources", entry.type];
  if (!isMap(document.get("resources"))) document.set("resources", document.createNode({}));
  if (!isMap(document.getIn(path))) document.setIn(path, document.createNode({}));
  document.setIn([...path, entry.name], document.createNode(isObject(properties) ? properties[entry.name] : {}));
  return yamlOf(document);
}

/** The text with new lines, and not one of the old ones changed; undefined where that cannot be. */
function splicedText(text: string, document: YamlDocument, entry: ResourceEntry): string | undefined {
  const { contents } = document;
  if (!isMap(contents) || contents.flow === true) return undefined;
  const resources = contents.get("resources");
  const [first = "", ...below] = yamlText([entry]).replace(/\n$/, "").split("\n");
  const [second = "", ...deepest] = below;
  if (!contents.has("resources")) return insertedAt(text, endOf(contents, text), [first, ...below], 0);
  if (!isBlock(resources)) return undefined;
  const named = resources.get(entry.type);
  if (!resources.has(entry.type))
    return insertedAt(text, endOf(resources, text), [second, ...deepest], columnOf(resources, text) - 2);
  if (!isBlock(named)) return undefined;
  return insertedAt(text, endOf(named, text), deepest, columnOf(named, text) - 4);
}

function isBlock(node: unknown): node is YAMLMap {
  return isMap(node) && node.flow !== true && node.items.length > 0;
}

/** The place after the last line of a mapping. */
function endOf({ range }: Pick<YAMLMap, "range">, text: string): number {
  const end = range?.[1] ?? text.length;
  if (end === 0 || text[end - 1] === "\n") return end;
  const line = text.indexOf("\n", end);
  return line < 0 ? text.length : line + 1;
}

/** How far the keys of a mapping are indented. */
function columnOf({ items: [first] }: YAMLMap, text: string): number {
  const at = isScalar(first?.key) ? (first.key.range?.[0] ?? 0) : 0;
  return at - (text.lastIndexOf("\n", at - 1) + 1);
}

function insertedAt(text: string, at: number, lines: readonly string[], shift: number): string {
  const shifted = lines.map((line) => {
    if (line === "") return "";
    return shift >= 0 ? " ".repeat(shift) + line : line.slice(-shift);
  });
  const before = text.slice(0, at);
  const lead = before === "" || before.endsWith("\n") ? "" : "\n";
  return `${before}${lead}${shifted.join("\n")}\n${text.slice(at)}`;
}
