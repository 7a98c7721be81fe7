/** Things as entries under `resources`, ready to be pasted into a stack. */
import { isObject, type Json, type JsonObject } from "@muster/model";

/** One thing as it can be declared. */
export interface ResourceEntry {
  readonly type: string;
  readonly name: string;
  /** As they are; what stands for something in a declaration is written so that it does not. */
  readonly properties: JsonObject;
  /** What a person should know of it: comments, where the language has them. */
  readonly notes: readonly string[];
}

export type EntryLanguage = "yaml" | "ts" | "json";

/** @returns whole lines; nothing for no entries */
export async function entriesText(entries: readonly ResourceEntry[], language: EntryLanguage): Promise<string> {
  if (language === "json") return `${JSON.stringify({ resources: resourcesOf(entries) }, undefined, 2)}\n`;
  if (entries.length === 0) return "";
  // What knows YAML is loaded when it is needed: most commands write none.
  return language === "yaml" ? (await import("./entries-yaml.ts")).yamlText(entries) : typescriptText(entries);
}

/**
 * The text of a stack in YAML with these entries under `resources`. Throws `thing.impossible` for one that stands there
 * already, `thing.not-declarable` for one that would be read as something else, and what reading the file throws.
 */
export async function withEntries(text: string, file: string, entries: readonly ResourceEntry[]): Promise<string> {
  return (await import("./insert.ts")).inserted(text, file, entries);
}

/** What stands under `resources`: type → name → properties. */
export function resourcesOf(entries: readonly ResourceEntry[]): JsonObject {
  const types = [...new Set(entries.map(({ type }) => type))];
  return Object.fromEntries(
    types.map((type) => {
      const ofType = entries.filter((entry) => entry.type === type);
      return [type, Object.fromEntries(ofType.map(({ name, properties }) => [name, literal(properties)]))];
    }),
  );
}

/** `${` would begin a reference. */
function literal(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("${", () => "$${");
  if (Array.isArray(value)) return value.map(literal);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, literal(each)]));
}

function typescriptText(entries: readonly ResourceEntry[]): string {
  const resources = resourcesOf(entries);
  const types = Object.entries(resources).map(([type, named]) => {
    const ofType = Object.entries(isObject(named) ? named : {}).map(([name, properties]) => {
      const notes = entries.find((entry) => entry.type === type && entry.name === name)?.notes ?? [];
      const comments = notes.map((note) => `    // ${oneLine(note)}\n`).join("");
      return `${comments}    ${keyText(name)}: ${valueText(properties, "    ")},\n`;
    });
    return `  ${keyText(type)}: {\n${ofType.join("")}  },\n`;
  });
  return `resources: {\n${types.join("")}},\n`;
}

export function valueText(value: Json, indent: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((each: Json) => `${deeper}${valueText(each, deeper)},\n`)
    : Object.entries(value).map(([key, each]) => `${deeper}${keyText(key)}: ${valueText(each, deeper)},\n`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join("")}${indent}${close}`;
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) && key !== "__proto__" ? key : JSON.stringify(key);
}

export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
