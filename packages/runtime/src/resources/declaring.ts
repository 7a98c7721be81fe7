/** What becomes of the resources of a stack from one declaration to the next. Pure. */
import { type Address, type Consent, type EventDraft, ownOf, type Stack } from "@muster/model";
import { type Declaration, NO_RESOURCE_STEERING, type Released, type ResourceSteering } from "@muster/store";
import type { Grammar } from "../ports.ts";
import { releasedOf } from "./told.ts";

/** What is asked for together with a declaration. */
export interface Asked {
  /** What may be done once, though it cannot be taken back. */
  readonly allow?: readonly Consent[];
  /** What was released is destroyed. */
  readonly prune?: boolean;
}

/**
 * Whoever is declared no longer is released: as it was, so that it can be destroyed when somebody asks for that. Whoever is
 * declared again is released no longer.
 */
export function steeringAfter(
  before: Declaration | undefined,
  was: Stack | undefined,
  now: Stack,
  { allow = [], prune = false }: Asked,
  grammar: Pick<Grammar, "onlyResource" | "stackOf">,
): ResourceSteering {
  const kept = Object.entries(before?.resources?.released ?? {});
  const fresh = releasedBy(was, now).flatMap((address) => {
    return before === undefined
      ? []
      : [[address, { document: grammar.onlyResource(before.document, address), prune }] as const];
  });
  const released = [...kept, ...fresh].filter(([address]) => !Object.hasOwn(now.resources, address));
  const all = released.map(([address, each]) => {
    return [address, { ...each, prune: (each.prune || prune) && !isProtected(address, each, grammar) }] as const;
  });
  return { allow, destroying: false, released: Object.fromEntries(all) };
}

/** Those that were there and are declared no longer. Of one that was to be gone nothing is left to release. */
export function releasedBy(was: Stack | undefined, now: Stack): readonly Address[] {
  return Object.values(was?.resources ?? {}).flatMap(({ address, ensure }) => {
    return ensure === "absent" || Object.hasOwn(now.resources, address) ? [] : [address];
  });
}

/** @param steering what is asked of those that are released: the same as of `now` */
export function eventsOfRelease(
  was: Stack | undefined,
  now: Stack,
  { released }: ResourceSteering,
  actor: string,
): readonly EventDraft[] {
  return releasedBy(was, now).map((address) => releasedOf(address, actor, ownOf(released, address)?.prune === true));
}

/** Nothing that was asked for differs from what is asked for already. */
export function asksNothing(
  before: Declaration,
  { allow = [], prune = false }: Asked,
  grammar: Pick<Grammar, "stackOf">,
): boolean {
  const { allow: allowed, released, destroying } = before.resources ?? NO_RESOURCE_STEERING;
  if (destroying || !allow.every((each) => allowed.includes(each))) return false;
  const prunes = ([address, each]: [Address, Released]) => !each.prune && !isProtected(address, each, grammar);
  return !prune || !Object.entries(released).some(prunes);
}

/** As it was declared last. */
function isProtected(address: Address, { document }: Released, grammar: Pick<Grammar, "stackOf">): boolean {
  return ownOf(grammar.stackOf(document).resources, address)?.protect === true;
}

/** These were released, and are there no longer. */
export function pruned(before: Declaration, addresses: readonly Address[]): Declaration {
  const steering = before.resources ?? NO_RESOURCE_STEERING;
  const released = Object.entries(steering.released).filter(([address]) => !addresses.includes(address));
  return { ...before, resources: { ...steering, released: Object.fromEntries(released) } };
}
