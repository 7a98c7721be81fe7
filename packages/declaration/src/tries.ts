/** How a stack is tried: what is otherwise in its copies, and of which kinds they are. Asked by `muster try` alone. */
import { isObject, type Json, type JsonObject } from "@muster/model";
import { gatherProblems, type Problems } from "./problems.ts";
import type { Path, SourceDocument } from "./source.ts";
import { checkKeys, checkName, readMapping, readTexts, recordOf } from "./values.ts";

export interface TryDeclaration {
  /** Over what is declared, in every copy: mappings are gone into, `null` takes away, everything else is put in its place. */
  readonly change: JsonObject;
  /** By name: over that. Empty where all copies are alike. */
  readonly platforms: Readonly<Record<string, JsonObject>>;
  /** Groups, and addresses of resources, that are left as they are declared though the real ones are the same things. */
  readonly asIs: readonly string[];
}

const PATH: Path = ["try"];
const KEYS = ["change", "platforms", "asIs"];

/** Throws MusterErrors of the family `declaration`. */
export function triesOf({ data, locate }: Pick<SourceDocument, "data" | "locate">): TryDeclaration {
  const problems = gatherProblems(locate);
  const tries = readTries(isObject(data) ? data["try"] : undefined, problems);
  problems.throwIfAny();
  return tries;
}

/** @param value missing: every copy is as the stack is declared */
export function readTries(value: Json | undefined, problems: Problems): TryDeclaration {
  const written = value === undefined ? {} : (readMapping(value, PATH, problems) ?? {});
  checkKeys(written, PATH, KEYS, [], problems);
  const { change = {}, platforms = {}, asIs = [] } = written;
  return {
    change: readChange(change, [...PATH, "change"], problems),
    platforms: readPlatforms(platforms, [...PATH, "platforms"], problems),
    asIs: readTexts(asIs, [...PATH, "asIs"], problems) ?? [],
  };
}

function readPlatforms(value: Json, path: Path, problems: Problems): TryDeclaration["platforms"] {
  const entries = Object.entries(readMapping(value, path, problems) ?? {});
  for (const [name] of entries) checkName(name, "the platform", [...path, name], "key", problems);
  return recordOf(entries.map(([name, each]) => [name, readChange(each ?? {}, [...path, name], problems)]));
}

/** What may not be changed is what a copy is known by. */
function readChange(value: Json, path: Path, problems: Problems): JsonObject {
  const change = readMapping(value, path, problems) ?? {};
  for (const key of ["stack", "try"]) {
    if (!Object.hasOwn(change, key)) continue;
    problems.add("declaration.unknown-key", { key, nearest: "", known: CHANGEABLE }, [...path, key], "key");
  }
  return change;
}

const CHANGEABLE = "owner, runbook, providers, resources, groups, checks";
