/** What a caller wants of a thing that is there already: properties that are not named are left as they are. */
import type { Json, JsonObject, Observed } from "@muster/model";
import { ZodError, z } from "zod";
import { ProviderError, type Schema } from "../contract.ts";
import { propertiesOf } from "../properties.ts";

/** As it is to be after the change: what is not wanted is as it was seen, as far as it was. Throws `invalid`. */
export function wantedOver(schema: Schema<JsonObject>, { properties }: Observed, want: JsonObject): JsonObject {
  const own = new Set(propertiesOf(schema).map(({ name }) => name));
  const seen = Object.entries(properties).flatMap(([key, value]): [string, Json][] => {
    return value === undefined || !own.has(key) ? [] : [[key, value]];
  });
  return readPart(schema, { ...Object.fromEntries(seen), ...want }, want);
}

/** Only what is wanted, as the schema reads it: nothing stands in for what is not. Throws `invalid`. */
export function wantedPart(schema: Schema<JsonObject>, want: JsonObject): JsonObject {
  return readPart(schema, want, want);
}

/** @param wanted only what is wrong with these is wrong */
function readPart(schema: Schema<JsonObject>, part: JsonObject, wanted: JsonObject): JsonObject {
  const read = schema.safeParse(part);
  if (read.success) return Object.fromEntries(Object.entries(read.data).filter(([key]) => Object.hasOwn(part, key)));
  const wrong = read.error.issues.filter(({ path }) => path.length !== 1 || Object.hasOwn(wanted, String(path[0])));
  if (wrong.length === 0) return part;
  throw new ProviderError("invalid", z.prettifyError(new ZodError(wrong)), { cause: read.error });
}
