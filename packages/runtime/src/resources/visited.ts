/** How it went with one resource in one pass, for those that rest on it. */
import type { DecidedStep, Wanted } from "@muster/engine";
import { type Address, type Json, type Observed, ownOf, type ResourceStep, UNKNOWN } from "@muster/model";

export type End =
  /** As declared, or nothing is to be done about it. */
  | { readonly kind: "kept" }
  /** What would be done, where nothing is done. */
  | { readonly kind: "planned" }
  | { readonly kind: "done" }
  /** Something is due and is not done. */
  | { readonly kind: "held" }
  /** It waits for something to be known, or to be settled; until then, ms since 1970, where that can be told. */
  | { readonly kind: "waiting"; readonly message: string; readonly until?: number }
  | { readonly kind: "failed"; readonly message: string; readonly until?: number }
  | { readonly kind: "skipped"; readonly message: string }
  | { readonly kind: "untold"; readonly message: string; readonly reason: string; readonly next?: string };

export interface Visited {
  readonly address: Address;
  readonly end: End;
  readonly step?: ResourceStep;
  readonly id?: string | undefined;
  /** What a reference to one of its properties stands for. */
  valueOf(property: string): Json | typeof UNKNOWN;
  /** Something was done, or would be: those that are to be told of it are. */
  readonly changed: boolean;
  readonly notify: readonly Address[];
}

/** Why those that come after it are not seen to; undefined where they are. */
export function whatBlocks({ address, end, step }: Visited): string | undefined {
  switch (end.kind) {
    case "failed":
    case "untold":
    case "waiting":
      return `${address} is not as declared: ${end.message}`;
    case "skipped":
      return `${address} was skipped`;
    case "held":
      return step?.effect === "create" || step?.effect === "run" ? `${address} is not there` : undefined;
    case "kept":
    case "planned":
    case "done":
      return undefined;
  }
}

/** The values of a thing that stays. */
export function valuesOf(found: Observed, want: Wanted): Visited["valueOf"] {
  return (property) => ownOf(want.properties, property) ?? found.properties[property] ?? UNKNOWN;
}

/** The values of a thing that is to be made: of what nobody has declared, nothing is known. */
export function valuesToBe(want: Wanted): Visited["valueOf"] {
  return (property) => ownOf(want.properties, property) ?? UNKNOWN;
}

/** The values after this step, as far as they are known before it. */
export function valuesAfter(step: DecidedStep, found: Observed | undefined, want: Wanted): Visited["valueOf"] {
  const isNew = step.effect === "create" || step.effect === "replace" || found === undefined;
  return isNew ? valuesToBe(want) : valuesOf(found, want);
}
