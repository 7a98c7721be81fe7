/** Checks are data of the model; here is what is found of them. */
import type { Json } from "@muster/model";

export type { Check, Matcher, Statement } from "@muster/model";

/** What was found of one property. */
export type Found =
  /** `why`: what is told beside the value where it is not the one that was expected. */
  | { readonly kind: "is"; readonly value: Json; readonly why?: string }
  /** The subject has no such property, because it is not there: this satisfies no matcher. */
  | { readonly kind: "none"; readonly why: string }
  /** Nobody could tell. Never a pass. */
  | { readonly kind: "unknown"; readonly why: string };

export function found(value: Json, why?: string): Found {
  return why === undefined ? { kind: "is", value } : { kind: "is", value, why };
}

export function none(why: string): Found {
  return { kind: "none", why };
}

export function untold(why: string): Found {
  return { kind: "unknown", why };
}
