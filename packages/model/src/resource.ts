/** Things that are declared for themselves: a type, a name, and what they must be. */
import type { Check } from "./check.ts";
import type { JsonObject } from "./json.ts";

/** `TYPE.NAME`: how references, dependencies, plans and the history name a resource. A type has no dot, a name may. */
export type Address = string;

/** What is done about a resource that differs though nobody declared it otherwise. */
export type OnDrift = "repair" | "report";

export interface ResourceDeclaration {
  readonly address: Address;
  readonly type: string;
  readonly name: string;
  /** The entry under `providers` whose settings its type is opened with; missing: the one of its type. */
  readonly provider?: string;
  /** The thing that it is, where the name alone does not tell which; as its provider calls it. */
  readonly id?: string;
  readonly ensure: "present" | "absent";
  /**
   * As written: references (`${type.name.property}`) are in the texts, secrets stand as where they are read. What is not
   * here is not managed. The property that names the thing stands here only where it was written: which it is, the type
   * knows (`wantedOf` of the contract puts the name in).
   */
  readonly properties: JsonObject;
  /** These must be as declared before. */
  readonly dependsOn: readonly Address[];
  /** These are refreshed after this one was changed; they come after it. */
  readonly notify: readonly Address[];
  /** It is never destroyed, also when it is declared no longer. */
  readonly protect: boolean;
  /** Properties that a new thing is made with and that are not managed after that. */
  readonly ignore: readonly string[];
  readonly onDrift: OnDrift;
  /** What may be done to it without being asked again each time. */
  readonly allow: readonly Consent[];
  /** What must hold of it, beside that it is as declared. */
  readonly checks: readonly Check[];
}

/** What is done only where somebody has said that it may be: it cannot be taken back. */
export const CONSENTS = ["irreversible", "replace"] as const;
export type Consent = (typeof CONSENTS)[number];

export function addressOf(type: string, name: string): Address {
  return `${type}.${name}`;
}

/** The type and the name that an address is made of; undefined where it is none. */
export function partsOfAddress(address: string): { readonly type: string; readonly name: string } | undefined {
  const dot = address.indexOf(".");
  if (dot <= 0 || dot === address.length - 1) return undefined;
  return { type: address.slice(0, dot), name: address.slice(dot + 1) };
}

/** The owner in the marks and claims of a resource. It can be the name of no group. */
export function resourceOwner(address: Address): string {
  return `resource:${address}`;
}

/** The address of the resource that an owner is; undefined where it is a group, or something else. */
export function addressOfOwner(owner: string): Address | undefined {
  return owner.startsWith("resource:") ? owner.slice("resource:".length) : undefined;
}
