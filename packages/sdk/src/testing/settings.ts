import { isObject, type Json, type JsonObject } from "@muster/model";
import { jsonSchemaOf, type Schema } from "@muster/plugin";
import { z } from "zod";

/** One for each, as kin share theirs. */
const simulated = new WeakMap<object, Schema<JsonObject>>();

/** What a type can be set to, of which nothing must be: no token is needed, and no directory. */
export function simulatedSettings(settings: Schema<JsonObject>): Schema<JsonObject> {
  const known = simulated.get(settings) ?? withoutDemands(settings);
  simulated.set(settings, known);
  return known;
}

function withoutDemands(settings: Schema<JsonObject>): Schema<JsonObject> {
  const { required: _, properties, ...schema } = jsonSchemaOf(settings);
  const own = Object.entries(isObject(properties) ? properties : {}).map(([name, one]) => [name, withoutDefault(one)]);
  return z.fromJSONSchema({ ...schema, properties: Object.fromEntries(own) }).pipe(anything);
}

/** What stands in for what is not said is of the machine, and none of a simulated world's business. */
function withoutDefault(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const { default: _, ...others } = schema;
  return others;
}

const anything = z.record(z.string(), z.json());
