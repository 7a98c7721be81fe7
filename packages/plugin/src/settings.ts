import { MusterError } from "@muster/model";
import type { Schema } from "./contract.ts";

/** What a type or a plugin is opened with, as its schema reads it. Throws `settings.bad`. */
export function readSettings<C>(name: string, schema: Schema<C>, given: object): C {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const detail = read.error.issues.map(({ path, message }) => [...path, message].join(": ")).join("; ");
  throw new MusterError("settings.bad", { name, detail });
}
