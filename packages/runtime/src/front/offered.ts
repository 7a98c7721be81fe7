import type { Seen } from "@muster/engine";
import { type Cause, type MemberWord, ownOf, type Tags } from "@muster/model";

/** What a member offers to a form. */
export interface Offered {
  readonly slot: string;
  readonly id: string;
  readonly since: number;
  readonly tags: Tags;
}

/** The members of a group that can be given work, and why the group changes when it does. */
export interface Standing {
  readonly members: readonly Seen[];
  readonly cause: Cause;
}

const PORT = "muster.port";

/** In the order of their slots, numbers as numbers: the same members always make the same text. */
export function offeredBy(members: readonly Seen[]): readonly Offered[] {
  return members
    .map(({ mark, id, since, tags }) => ({ slot: mark.slot ?? "", id, since, tags }))
    .toSorted((a, b) => bySlot(a.slot, b.slot) || (a.id < b.id ? -1 : 1));
}

function bySlot(a: string, b: string): number {
  if (a === b) return 0;
  const [isNumber, isOther] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOther) return Number(a) - Number(b);
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  return a < b ? -1 : 1;
}

/** A word of a member; undefined where it has none. `since` in ISO 8601. */
export function wordOf(member: Offered, word: MemberWord): string | undefined {
  switch (word) {
    case "slot":
      return member.slot === "" ? undefined : member.slot;
    case "id":
      return member.id;
    case "port":
      return ownOf(member.tags, PORT);
    case "since":
      return new Date(member.since).toISOString();
    default:
      return ownOf(member.tags, word.slice("tags.".length));
  }
}
