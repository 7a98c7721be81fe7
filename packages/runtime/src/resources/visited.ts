/** How it went with one resource in one pass, for those that rest on it. */
import type { DecidedStep, Wanted } from "@muster/engine";
import { type Address, type Json, type Observed, ownOf, type ResourceStep, UNKNOWN } from "@muster/model";

export type End =
  /** As declared, or nothing is to be done about it. `note`: what is to be known all the same. */
  | { readonly kind: "kept"; readonly note?: string }
  /** What would be done, where nothing is done. */
  | { readonly kind: "planned" }
  | { readonly kind: "done" }
  /** Something is due and is not done. */
  | { readonly kind: "held" }
  /** It waits for something to be known, or to be settled; until then, ms since 1970, where that can be told. */
  | { readonly kind: "waiting"; readonly message: string; readonly until?: number }
  /** `untried`: it had failed before, and it is not its time yet. */
  | { readonly kind: "failed"; readonly message: string; readonly untried?: true }
  | { readonly kind: "skipped"; readonly message: string }
  | { readonly kind: "untold"; readonly message: string; readonly reason: string; readonly next?: string };

export interface Visited {
  readonly address: Address;
  readonly end: End;
  readonly step?: ResourceStep;
  readonly id?: string | undefined;
  /** What a reference to one of its properties stands for. */
  valueOf(property: string): Json | typeof UNKNOWN;
  /** Properties that nobody may see. */
  readonly secret: ReadonlySet<string>;
  /** Something would be done, where nothing is done: those that would be told of it are. */
  readonly changed: boolean;
  readonly notify: readonly Address[];
}

/** One of which nothing is known but this. */
export function ended(address: Address, end: End): Visited {
  return { address, end, valueOf: () => UNKNOWN, secret: NOTHING, changed: false, notify: [] };
}

const NOTHING: ReadonlySet<string> = new Set();

/** Why nothing is done to those that come after it. */
export type Block = Extract<End, { readonly kind: "waiting" | "skipped" }>;

/** Undefined: they can be seen to. */
export function whatBlocks({ address, end, step, id }: Visited): Block | undefined {
  switch (end.kind) {
    case "failed":
    case "untold":
      return { kind: "skipped", message: `${address} is not as declared: ${end.message}` };
    case "waiting":
      return { kind: "waiting", message: `${address} comes first: ${end.message}`, until: Number.POSITIVE_INFINITY };
    case "skipped":
      return { kind: "skipped", message: `${address} was skipped` };
    case "held":
      return heldBack(address, step, id);
    case "kept":
    case "planned":
    case "done":
      return undefined;
  }
}

function heldBack(address: Address, step: ResourceStep | undefined, id: string | undefined): Block | undefined {
  if (step?.effect === "destroy") return { kind: "skipped", message: `${address} is still there` };
  if (step?.effect === "run") return { kind: "skipped", message: `${address} is not done` };
  return id === undefined ? { kind: "skipped", message: `${address} is not there` } : undefined;
}

/** The values of a thing that stays. What is not managed is as it is. */
export function valuesOf(found: Observed, want: Wanted, ignore: readonly string[]): Visited["valueOf"] {
  const seen = (property: string) => ownOf(found.properties, property);
  return (property) => {
    const declared = ownOf(want.properties, property);
    return (ignore.includes(property) ? (seen(property) ?? declared) : (declared ?? seen(property))) ?? UNKNOWN;
  };
}

/** The values of a thing that is to be made: of what nobody has declared, nothing is known. */
export function valuesToBe(want: Wanted): Visited["valueOf"] {
  return (property) => ownOf(want.properties, property) ?? UNKNOWN;
}

/** The values after this step, as far as they are known before it. */
export function valuesAfter(
  step: DecidedStep,
  found: Observed | undefined,
  want: Wanted,
  ignore: readonly string[],
): Visited["valueOf"] {
  const isNew = step.effect === "create" || step.effect === "replace" || found === undefined;
  return isNew ? valuesToBe(want) : valuesOf(found, want, ignore);
}
