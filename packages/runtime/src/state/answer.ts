/** Whether what is declared is so: one answer for each thing and each property, as a look has shown them. */
import type { Json } from "@muster/model";

export interface StateAnswer {
  /** A type's name, or `group`. */
  readonly kind: string;
  /** The name of a resource, or a group as commands take it: `shop/web`. */
  readonly subject: string;
  readonly property: string;
  readonly verdict: StateVerdict;
}

export type StateVerdict =
  | { readonly kind: "pass" }
  | { readonly kind: "fail"; readonly expected: Said; readonly found: Said }
  | { readonly kind: "unknown"; readonly reason: string };

/** A value, or a few words where a value would say too much or too little. */
export type Said = { readonly value: Json } | { readonly words: string };

export const PASS: StateVerdict = { kind: "pass" };

export function unknown(reason: string): StateVerdict {
  return { kind: "unknown", reason };
}

export function fail(expected: Said, found: Said): StateVerdict {
  return { kind: "fail", expected, found };
}

export function value(of: Json): Said {
  return { value: of };
}

export function words(text: string): Said {
  return { words: text };
}
