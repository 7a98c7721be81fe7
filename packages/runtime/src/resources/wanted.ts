/** What a resource is to be, as far as it is known now. */
import type { Wanted } from "@muster/engine";
import {
  hashJson,
  isObject,
  type Json,
  type JsonObject,
  type ResourceReference,
  resolveReferences,
  resourceReferencesIn,
  type UNKNOWN,
} from "@muster/model";
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

/** What a reference stands for now, and whether it may be shown. */
export type SecretLookup = (reference: ResourceReference) => {
  readonly value: Json | typeof UNKNOWN;
  readonly secret: boolean;
};

export interface WantedNow extends Wanted {
  /** The same text, with no secret in it. Whoever is given secrets may tell them where something goes wrong. */
  hushed(text: string): string;
}

/** Throws ProviderError where a secret cannot be read. */
export function wantedNow(
  { resource: { ensure }, properties, traits }: BoundResource,
  lookup: SecretLookup,
  { env, reveal = revealed }: Secrets,
): WantedNow {
  const handedOn: Json[] = [];
  const { properties: known, unknown } = resolveReferences(properties, (reference) => {
    const { value, secret } = lookup(reference);
    if (secret && typeof value !== "symbol") handedOn.push(value);
    return value;
  });
  const secret = handedOn.length === 0 ? new Set<string>() : secretIn(properties, lookup);
  const shown: Record<string, Json> = {};
  for (const [key, value] of Object.entries(known)) {
    const reference = isObject(value) ? plainOrSecret.safeParse(value).data : undefined;
    if (reference === undefined) {
      shown[key] = value;
      continue;
    }
    secret.add(key);
    // Whatever it is, what is to be gone needs none of it.
    if (ensure === "present") shown[key] = reveal(reference, env);
  }
  const own = [...secret].flatMap((key) => shown[key] ?? []);
  // The longer first: one may stand in another.
  const texts = [...handedOn, ...own].flatMap(textsIn).sort((a, b) => b.length - a.length);
  return { properties: shown, unknown, secret, digests: digestsOf(properties, known, secret, traits), hushed };

  function hushed(text: string): string {
    return texts.reduce((told, each) => told.replaceAll(each, "(secret)"), text);
  }
}

/** Properties that hold what is another's secret. */
function secretIn(properties: JsonObject, lookup: SecretLookup): Set<string> {
  const holding = Object.entries(properties).filter(([, value]) =>
    resourceReferencesIn(value).some((reference) => lookup(reference).secret),
  );
  return new Set(holding.map(([key]) => key));
}

/** So short a text stands in words that have nothing to do with it. */
const SHORTEST = 4;

function textsIn(value: Json): readonly string[] {
  if (typeof value === "string") return value.length < SHORTEST ? [] : [value];
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(textsIn);
  return [];
}

/** Over what is declared: a secret stands in it as where it is read, so that the digest tells nothing of it. */
function digestsOf(
  declared: JsonObject,
  known: JsonObject,
  secret: ReadonlySet<string>,
  { unreadable }: BoundResource["traits"],
): Readonly<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const key of unreadable) {
    const value = secret.has(key) ? declared[key] : known[key];
    if (value !== undefined) digests[key] = hashJson(value).slice(0, 20);
  }
  return digests;
}

/** Each secret is read once, however many ask for it: a command that tells it takes its time. */
export function readOnce({ env, reveal = revealed }: Secrets): Secrets {
  const known = new Map<string, string>();
  return {
    env,
    reveal(value, environment) {
      const key = JSON.stringify(value);
      const text = known.get(key) ?? reveal(value, environment);
      known.set(key, text);
      return text;
    },
  };
}
