/** What a resource is to be, as far as it is known now. */
import type { Wanted } from "@muster/engine";
import { hashJson, isObject, type Json, type JsonObject, type Lookup, resolveReferences } from "@muster/model";
import { plainOrSecret, revealed } from "@muster/plugin";
import type { BoundResource } from "./bound.ts";

/** The environment in which secrets are looked up. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How secrets become known. */
export interface Secrets {
  readonly env: Environment;
  /** Missing: they are read where they say. */
  readonly reveal?: typeof revealed | undefined;
}

/** Throws ProviderError where a secret cannot be read. */
export function wantedNow(
  { properties, traits }: BoundResource,
  lookup: Lookup,
  { env, reveal = revealed }: Secrets,
): Wanted {
  const { properties: known, unknown } = resolveReferences(properties, lookup);
  const secret = new Set<string>();
  const shown: Record<string, Json> = {};
  for (const [key, value] of Object.entries(known)) {
    const reference = isObject(value) ? plainOrSecret.safeParse(value).data : undefined;
    if (reference === undefined) {
      shown[key] = value;
    } else {
      secret.add(key);
      shown[key] = reveal(reference, env);
    }
  }
  return { properties: shown, unknown, secret, digests: digestsOf(known, traits.unreadable) };
}

/** Over what is declared: a secret stands in it as where it is read, so that the digest tells nothing of it. */
function digestsOf(properties: JsonObject, unreadable: ReadonlySet<string>): Readonly<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const key of unreadable) {
    const value = properties[key];
    if (value !== undefined) digests[key] = hashJson(value).slice(0, 20);
  }
  return digests;
}
