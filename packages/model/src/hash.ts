import type { hash } from "node:crypto";
import { canonical, type Json } from "./json.ts";

/** Loaded with the first hash: it costs 4 ms, and a command that only asks takes none. */
let digest: typeof hash | undefined;

/** SHA-256 of a text, in lower-case hex (64 characters). */
export function sha256(text: string): string {
  // biome-ignore lint/plugin: a module of Node's is asked for, and nothing of the process is.
  digest ??= process.getBuiltinModule("node:crypto").hash;
  return digest("sha256", text, "hex");
}

/** SHA-256 of a value's canonical text: the same for every order of keys. */
export function hashJson(value: Json): string {
  return sha256(canonical(value));
}

/**
 * As `hashJson`, of what is JSON by its making though its type cannot say so: an interface has no index of its keys. The one
 * place that takes somebody's word for it.
 */
export function hashPlain(value: object): string {
  return hashJson(value as Json);
}

/**
 * A number in [0, 1) that looks random but is the same for the same words. The engine takes its jitter from
 * here, so that a decision can be repeated exactly.
 */
export function fractionOf(...words: readonly (string | number)[]): number {
  return Number.parseInt(sha256(words.join("\n")).slice(0, 12), 16) / 2 ** 48;
}
