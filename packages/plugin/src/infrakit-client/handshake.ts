import { isObject, type Json, type JsonObject, MusterError } from "@muster/model";
import { CallError, type Caller } from "../client/caller.ts";
import { ERAS, type Era, ITSELF, type Role, VERSIONS } from "../infrakit/dialects.ts";
import { listField, objectField, textField } from "../wire/fields.ts";

/** What a plugin of InfraKit's says it is. */
export interface Introduction {
  readonly era: Era;
  /** The method that it answered, and answers again when it is probed. */
  readonly method: string;
  /** Role → what plays it: names, `.` for the plugin itself. */
  readonly roles: ReadonlyMap<Role, readonly string[]>;
}

/** The handshakes, latest first. */
const HANDSHAKES: readonly { readonly era: Era; readonly method: string }[] = [
  { era: "master", method: "Handshake.Hello" },
  { era: "v0.5", method: "Handshake.Implements" },
  { era: "v0.1", method: "Plugin.Implements" },
];

/** Finds the handshake that the plugin answers. Throws `plugin.version` when it answers none, or other versions. */
export async function introduce(caller: Caller): Promise<Introduction> {
  for (const { era, method } of HANDSHAKES) {
    const answer = await unlessUnknown(caller.rpc(method, {}, "probe"));
    if (answer !== undefined) return { era, method, roles: await rolesOf(caller, era, answer) };
  }
  throw version(caller.name, "JSON-RPC without a handshake");
}

/** Undefined when the plugin answers that it does not know the method. */
export async function unlessUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof CallError && thrown.outcome === "no") return undefined;
    throw thrown;
  }
}

async function rolesOf(caller: Caller, era: Era, answer: JsonObject): Promise<ReadonlyMap<Role, readonly string[]>> {
  switch (era) {
    case "master":
      return byInterface(caller, objectField(answer, "Objects"), nameOfObject);
    case "v0.5": {
      const types = await unlessUnknown(caller.rpc("Handshake.Types", {}, "probe"));
      if (types !== undefined) return byInterface(caller, objectField(types, "Types"), nameOfText);
      return byInterface(caller, implemented(answer), nameOfText);
    }
    case "v0.1":
      return byInterface(caller, implemented(answer), nameOfText);
  }
}

/** `APIs`, in the form of the later `Types`: what plays a role is the plugin itself. */
function implemented(answer: JsonObject): JsonObject {
  const interfaces = listField(answer, "APIs").filter(isObject);
  return Object.fromEntries(
    interfaces.map((each) => [`${textField(each, "Name")}/${textField(each, "Version")}`, [ITSELF]]),
  );
}

function nameOfObject(value: Json): string {
  return isObject(value) ? textField(value, "Name") : "";
}

function nameOfText(value: Json): string {
  return typeof value === "string" ? value : "";
}

/** Reads `{"Role/Version": [what plays it]}`. Roles that Muster has no use for are passed over. */
function byInterface(caller: Caller, given: JsonObject, name: (value: Json) => string): Introduction["roles"] {
  const roles = new Map<Role, readonly string[]>();
  const misfits: string[] = [];
  for (const [key, players] of Object.entries(given)) {
    const [role = "", version = ""] = key.split("/");
    if (!isUsed(role) || !Array.isArray(players)) continue;
    if (speaks(role, version))
      roles.set(
        role,
        players.map((each) => name(each) || ITSELF),
      );
    else misfits.push(`${role} ${version}`);
  }
  const [misfit] = misfits;
  if (roles.size === 0 && misfit !== undefined) throw version(caller.name, misfits.join(", "));
  return roles;
}

function isUsed(role: string): role is Role {
  return role === "Instance" || role === "Flavor" || role === "Group";
}

function speaks(role: Role, version: string): boolean {
  return ERAS.some((era) => VERSIONS[era][role].includes(version));
}

function version(name: string, found: string): MusterError {
  const wanted = "InfraKit's Instance 0.1.0, 0.3.0, 0.5.0 or 0.6.1, and Flavor 0.1.0 or 0.1.1";
  return new MusterError("plugin.version", { name, found, wanted });
}
