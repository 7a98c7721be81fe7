/** Values inside of texts: JSON, YAML and ini, by a path. */
import { createRequire } from "node:module";
import { isObject, type Json, messageOf } from "@muster/model";

const require = createRequire(import.meta.url);

export type Format = "json" | "yaml" | "ini";

export type Parsed =
  | { readonly kind: "data"; readonly data: Json }
  | { readonly kind: "unreadable"; readonly why: string };

/** Nobody writes anything deeper by hand; who compares and prints goes into it step by step, and comes to an end there. */
const DEEPEST = 100;

/** The data that a text stands for. Why it is none is told in words of ours: those of who reads it repeat what stands in it. */
export function dataIn(text: string, format: Format): Parsed {
  try {
    const data = READERS[format](text);
    if (!isDeeperThan(DEEPEST, data)) return { kind: "data", data };
    return { kind: "unreadable", why: `it goes deeper than ${DEEPEST} levels` };
  } catch (thrown) {
    return {
      kind: "unreadable",
      why: `it is no ${format === "ini" ? "ini" : format.toUpperCase()}: ${faultIn(thrown)}`,
    };
  }
}

function isDeeperThan(depth: number, data: Json): boolean {
  let level: readonly Json[] = [data];
  for (let at = 0; at <= depth && level.length > 0; at++) {
    // What an alias names in many places is one thing.
    level = [...new Set(level.flatMap((each) => (isObject(each) || Array.isArray(each) ? Object.values(each) : [])))];
  }
  return level.length > 0;
}

/** JSON's complaint quotes the text unless it tells a position; YAML's has a code, and the place beside it. */
function faultIn(thrown: unknown): string {
  if (thrown instanceof Error && "code" in thrown && "linePos" in thrown) {
    const [place] = Array.isArray(thrown.linePos) ? thrown.linePos : [];
    const at = isObject(place) ? ` at line ${place["line"]}, column ${place["col"]}` : "";
    return `${String(thrown.code).toLowerCase().replaceAll("_", " ")}${at}`;
  }
  const [said = ""] = messageOf(thrown).split(/\n|: |"/);
  return said.replace(/^Unexpected token .*/, "there is something in it that must not be there");
}

const READERS: Readonly<Record<Format, (text: string) => Json>> = {
  json: (text) => JSON.parse(text),
  yaml: (text) => {
    // It is loaded where a check asks for it: everybody who probes comes by here, and few look into YAML.
    const { parse }: typeof import("yaml") = require("yaml");
    return parse(text, { maxAliasCount: 100, uniqueKeys: false }) ?? null;
  },
  ini: dataOfIni,
};

/** `key = value` below `[section]`; what stands above every section belongs to none. Values are texts. */
function dataOfIni(text: string): Json {
  const data: Record<string, Json> = Object.create(null);
  let section = data;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const written = line.trim();
    if (written === "" || written.startsWith("#") || written.startsWith(";")) continue;
    const name = /^\[(.+)\]$/.exec(written)?.[1];
    const [, key, value = ""] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(written) ?? [];
    if (name !== undefined) {
      const inner: Record<string, Json> = Object.create(null);
      data[name] = inner;
      section = inner;
    } else if (key !== undefined) section[key] = value.replace(/^"(.*)"$/, "$1");
    else throw new Error(`line ${index + 1} is neither a section nor a key with its value`);
  }
  return data;
}

/** The steps of a path like `a.b[0]["a key"]`; undefined where it is none. */
export function stepsOf(path: string): readonly (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  const step = /(?:^|\.)([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (match === null) return undefined;
    const [, key, index, quoted] = match;
    if (quoted === undefined) steps.push(key ?? Number(index));
    else {
      try {
        steps.push(String(JSON.parse(quoted)));
      } catch {
        return undefined;
      }
    }
  }
  return steps.length === 0 ? undefined : steps;
}

/** The value at a path; undefined where there is none. */
export function valueAt(data: Json, path: string): Json | undefined {
  let value: Json | undefined = data;
  for (const step of stepsOf(path) ?? []) {
    if (Array.isArray(value) && typeof step === "number") value = value[step];
    else if (isObject(value) && Object.hasOwn(value, String(step))) value = value[String(step)];
    else return undefined;
  }
  return value;
}
