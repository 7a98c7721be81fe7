/** How a group stands against what it is declared to be, as it was seen: for whoever asks, and decides nothing. */
import { slotCount } from "@muster/model";
import { changesOf, unreadOf } from "./amend.ts";
import type { DeclaredGroup } from "./declared.ts";
import type { GoodLook } from "./look.ts";

/** A member, and what is to be said of it. */
export interface Told {
  readonly id: string;
  readonly what: string;
}

export interface Standing {
  readonly wanted: number;
  readonly there: number;
  /** Named places that nobody fills, and members in none that is declared. */
  readonly empty: readonly string[];
  readonly displaced: readonly string[];
  /** Members of another revision than the declared one. */
  readonly outdated: readonly string[];
  /** Of the declared revision: the properties that differ, and those that could not be read. */
  readonly differing: readonly Told[];
  readonly unread: readonly Told[];
  /** Why they are not healthy, or why nobody can tell. */
  readonly failing: readonly Told[];
  readonly untold: readonly Told[];
}

/** @param aside members that a person has set aside: they are nobody of the group */
export function standingIn(declared: DeclaredGroup, look: GoodLook, aside: readonly string[]): Standing {
  const members = look.members.filter(({ id }) => !aside.includes(id));
  const names = declared.slots.kind === "named" ? declared.slots.names : undefined;
  const slots = new Set(members.map(({ mark }) => mark.slot));
  const current = members.filter(({ mark }) => mark.revision === declared.revision);
  const verdicts = members.map(({ id }) => ({ id, verdict: look.verdicts.get(id) ?? NOT_ASKED }));
  return {
    wanted: slotCount(declared.slots),
    there: members.length,
    empty: names?.filter((name) => !slots.has(name)) ?? [],
    displaced: names === undefined ? [] : members.filter(({ mark }) => !names.includes(mark.slot ?? "")).map(idOf),
    outdated: members.filter(({ mark }) => mark.revision !== declared.revision).map(idOf),
    differing: told(current, (seen) => Object.keys(changesOf(declared, seen) ?? {})),
    unread: told(current, (seen) => unreadOf(declared, seen)),
    failing: verdicts.flatMap(({ id, verdict }) => (verdict.kind === "fail" ? [{ id, what: verdict.reason }] : [])),
    untold: verdicts.flatMap(({ id, verdict }) => (verdict.kind === "unknown" ? [{ id, what: verdict.reason }] : [])),
  };
}

const NOT_ASKED = { kind: "unknown", reason: "nobody was asked" } as const;

function idOf({ id }: { readonly id: string }): string {
  return id;
}

function told<T extends { readonly id: string }>(members: readonly T[], of: (seen: T) => readonly string[]): Told[] {
  return members.flatMap((seen) => {
    const properties = of(seen);
    return properties.length === 0 ? [] : [{ id: seen.id, what: properties.join(", ") }];
  });
}
