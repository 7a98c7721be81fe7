/** Images that are no good: each in a way of its own, until all is calm. */
import type { Random } from "./random.ts";

export type Ailment =
  /** Whoever is made of it fails from the beginning. */
  | { readonly kind: "ill" }
  /** Nobody made of it ever comes up. */
  | { readonly kind: "never-up" }
  /** Whoever is made of it falls ill after so many milliseconds. */
  | { readonly kind: "later"; readonly afterMs: number }
  /** Nobody can be made of it. */
  | { readonly kind: "refused" };

/** By image; one that is missing is good. */
export type Ailments = Readonly<Record<string, Ailment>>;

/** What was there first is seldom bad. */
export function someAilments(random: Random): Ailments {
  const odds = { v1: 0.04, v2: 0.35, v3: 0.35 };
  const bad = Object.entries(odds).filter(([, chance]) => random.chance(chance));
  return Object.fromEntries(bad.map(([image]) => [image, someAilment(random)]));
}

function someAilment(random: Random): Ailment {
  const kind: Ailment["kind"] = random.pick(["ill", "ill", "never-up", "later", "later", "refused"]);
  return kind === "later" ? { kind, afterMs: random.pick([500, 8_000, 40_000, 100_000]) } : { kind };
}
