/** What was sent, made into what was meant. Real clients send `null` for what they do not say, and more than is asked. */
import { isObject } from "@muster/model";
import { z } from "zod";
import { type Refusal, unprocessable } from "./answer.ts";

/** A number or a text of digits. */
export const ID = z.union([z.number().int().positive(), z.string().min(1)]);

/**
 * @param words what is said of a field that is wrong; of others, what is wrong about them
 * @throws Refusal 422
 */
export function read<S extends z.ZodType>(
  schema: S,
  body: unknown,
  words: Readonly<Record<string, string>> = {},
): z.infer<S> {
  const result = schema.safeParse(withoutNulls(body));
  if (result.success) return result.data;
  throw refusalOf(result.error, words);
}

function refusalOf({ issues }: z.ZodError, words: Readonly<Record<string, string>>): Refusal {
  const [issue] = issues;
  const field = String(issue?.path[0] ?? "");
  return unprocessable(words[field] ?? `${field === "" ? "The body" : field}: ${issue?.message ?? "it is wrong"}`);
}

/** What is `null` was not said. */
function withoutNulls(body: unknown): unknown {
  if (!isObject(body)) return body ?? {};
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
