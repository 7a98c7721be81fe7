/** The description as a document: found, read, amended, and followed along its references. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isObject, type Json, type JsonObject } from "@muster/model";
import { parse } from "yaml";
import type { Amendment } from "./gaps.ts";

const BESIDE_THE_CHECKOUT = "../shared/facts/digitalocean/do.core.yaml";

/** Undefined where it is not at hand: it is no part of the project. */
export function findDescription(from = import.meta.dirname): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, BESIDE_THE_CHECKOUT);
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}

export function readDocument(file: string, amendments: readonly Amendment[]): JsonObject {
  // The check for keys that are there twice takes longer than everything else.
  const document: unknown = parse(readFileSync(file, "utf8"), { uniqueKeys: false });
  if (!isObject(document)) throw new Error(`${file} holds no description`);
  return amendments.reduce<JsonObject>((amended, { at, add }) => object(with_(amended, at, add)), document);
}

/** What stands at a place in the document; undefined where nothing does. */
export function at(document: Json | undefined, way: readonly string[]): Json | undefined {
  return way.reduce<Json | undefined>((here, step) => child(here, step), document);
}

/** The value itself, or what it refers to. */
export function resolve(document: JsonObject, value: Json | undefined): JsonObject {
  const reference = isObject(value) ? value["$ref"] : undefined;
  if (typeof reference !== "string") return object(value);
  const way = reference
    .replace(/^#\//, "")
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return resolve(document, at(document, way));
}

/** What is no object counts as an empty one. */
export function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function child(here: Json | undefined, step: string): Json | undefined {
  if (Array.isArray(here)) return here[Number(step)];
  return isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
}

/** The document with something added at a place that must be there. */
function with_(here: Json | undefined, [step, ...way]: readonly string[], add: Json): Json {
  if (here === undefined) throw new Error("what is to be amended is not in the description");
  if (step === undefined) return added(here, add);
  const changed = with_(child(here, step), way, add);
  if (Array.isArray(here)) return here.map((each, index) => (index === Number(step) ? changed : each));
  return { ...object(here), [step]: changed };
}

function added(here: Json, add: Json): Json {
  return Array.isArray(here) ? [...here, ...list(add)] : { ...object(here), ...object(add) };
}
