import { type Mark, musterMarks, type Tags } from "@muster/model";
import { STACK } from "./grammar.ts";
import type { Thing, World } from "./world.ts";

const NOBODYS: Required<Mark> = { stack: "", owner: "", slot: "", intent: "", revision: "" };

/** The mark that a thing bears, with empty words where it bears none. */
export function markOf(tags: Tags): Required<Mark> {
  return { ...NOBODYS, ...musterMarks.read(tags) };
}

export function isMemberOf(group: string, tags: Tags): boolean {
  const { stack, owner } = markOf(tags);
  return stack === STACK && owner === group;
}

/** The living members of a group, in truth. */
export function membersOf(world: World, group: string): readonly Thing[] {
  return world.living(musterMarks.owned(STACK, group)).filter(({ tags }) => isMemberOf(group, tags));
}
