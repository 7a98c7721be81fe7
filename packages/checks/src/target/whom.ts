/** Whom checks are asked of, where they are not asked from outside, in the words of whoever keeps things. */
import { type Begin, begunTarget } from "./begun.ts";
import { localTarget, type Surroundings, saidTarget, type Target } from "./target.ts";

export type Whom =
  | { readonly kind: "this machine" }
  /** Inside of a thing, by a command that is run there. */
  | { readonly kind: "inside"; readonly name: string; readonly begin: Begin }
  | { readonly kind: "nobody"; readonly why: string };

export function nobodyIn(type: string): Whom {
  return { kind: "nobody", why: `nobody can look into a ${type}` };
}

/** The bytes that are taken of whoever is looked into again and again. */
const MOST_SAID_INSIDE = 8_388_608;

export function targetOf(whom: Whom, surroundings: Surroundings): Target {
  switch (whom.kind) {
    case "this machine":
      return localTarget(surroundings);
    case "inside":
      return begunTarget(whom.name, surroundings.boundary, whom.begin, MOST_SAID_INSIDE);
    case "nobody": {
      const nothing = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), trouble: whom.why };
      return saidTarget("nobody", surroundings.boundary, async () => nothing);
    }
  }
}
