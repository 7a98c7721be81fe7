import type { JsonObject } from "@muster/model";
import type { Type } from "./contract.ts";

/**
 * Why a type does not take what a flavor has prepared; undefined where it does. What the template says (`want`) was checked when it
 * was declared; what a flavor adds may be nothing that the type knows.
 */
export function whyNotTaken(type: Type, want: JsonObject, prepared: JsonObject): string | undefined {
  if (addsNothing(want, prepared)) return undefined;
  const { error } = type.schema.safeParse(prepared);
  if (error === undefined) return undefined;
  const detail = error.issues.map(({ path, message }) => `${path.join(".")} ${message}`.trim()).join("; ");
  return `type ${type.name} does not take what it prepares: ${detail}`;
}

function addsNothing(want: JsonObject, prepared: JsonObject): boolean {
  const keys = Object.keys(prepared);
  return keys.length === Object.keys(want).length && keys.every((key) => prepared[key] === want[key]);
}
