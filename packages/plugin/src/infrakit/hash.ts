import { createHash } from "node:crypto";
import { isObject, type Json, type JsonObject } from "@muster/model";
import { field } from "../wire/fields.ts";

/** The hashes that InfraKit's eras put on the instances of one declaration, all over the same texts. */
export interface ConfigHashes {
  /** October 2016: of the instance only, base64url. */
  readonly walkthrough: string;
  /** v0.1 to v0.4: of instance and flavor, base64url. */
  readonly v01: string;
  /** v0.5 to the last master: of instance and flavor, base32 in lower case. */
  readonly master: string;
}

/** @param properties a group's `Properties`, as written: no default may have been put in. */
export function configHashes(properties: JsonObject): ConfigHashes {
  const instance = stableText(pluginOf(properties, "Instance"));
  const flavor = stableText(pluginOf(properties, "Flavor"));
  const both = sha1(instance + flavor);
  return { walkthrough: base64url(sha1(instance)), v01: base64url(both), master: base32(both) };
}

/** InfraKit reads `{Plugin, Properties}` into a structure first: keys in any case, others dropped, missing ones empty. */
function pluginOf(properties: JsonObject, role: "Instance" | "Flavor"): JsonObject {
  const found = field(properties, role);
  const plugin = isObject(found) ? found : {};
  return { Plugin: field(plugin, "Plugin") ?? "", Properties: field(plugin, "Properties") ?? null };
}

/**
 * The text of Go's `json.MarshalIndent(value, "  ", "  ")`: keys sorted by bytes (a JavaScript object would put those
 * that look like numbers first), and every line but the first behind two spaces more.
 */
function stableText(value: Json, margin = "  "): string {
  const inner = `${margin}  `;
  if (Array.isArray(value)) {
    return block(
      "[",
      value.map((each) => stableText(each, inner)),
      "]",
      margin,
    );
  }
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map((key) => `${stableText(key)}: ${stableText(value[key] ?? null, inner)}`);
    return block("{", members, "}", margin);
  }
  if (typeof value === "string") return JSON.stringify(value.toWellFormed()).replaceAll(UNLIKE_GO, escapeOf);
  return JSON.stringify(value);
}

function block(open: string, lines: readonly string[], close: string, margin: string): string {
  if (lines.length === 0) return open + close;
  return `${open}\n${lines.map((line) => `${margin}  ${line}`).join(",\n")}\n${margin}${close}`;
}

/** What JSON.stringify leaves as it is, or shortens, and Go writes as `\uXXXX`. An escaped backslash is passed over whole. */
const UNLIKE_GO = /\\\\|\\[bf]|[<>&\u2028\u2029]/g;

function escapeOf(found: string): string {
  if (found === "\\\\") return found;
  if (found === "\\b") return "\\u0008";
  if (found === "\\f") return "\\u000c";
  return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function sha1(text: string): Buffer {
  return createHash("sha1").update(text).digest();
}

/** With padding, as Go's `base64.URLEncoding` writes it. */
function base64url(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

/** RFC 4648 without padding, in lower case. */
function base32(bytes: Buffer): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32.charAt(Number.parseInt(five.padEnd(5, "0"), 2))).join("");
}

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
