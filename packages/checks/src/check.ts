/** Checks are data of the model; here is what is found of them. */
import type { Json } from "@muster/model";

export type { Check, Matcher, Statement } from "@muster/model";

/** What was found of one property. */
export type Found =
  | { readonly kind: "is"; readonly value: Json }
  /** The subject has no such property, because it is not there: this satisfies no matcher. */
  | { readonly kind: "none"; readonly why: string }
  /** Nobody could tell. Never a pass. */
  | { readonly kind: "unknown"; readonly why: string };

export function found(value: Json): Found {
  return { kind: "is", value };
}

export function none(why: string): Found {
  return { kind: "none", why };
}

export function untold(why: string): Found {
  return { kind: "unknown", why };
}
