import { type Mark, musterMarks, type Tags } from "@muster/model";
import { STACK } from "./grammar.ts";
import type { Thing, World } from "./world.ts";

const NOBODYS: Required<Mark> = { stack: "", owner: "", slot: "", intent: "", revision: "", port: "" };

/** The tags of a thing stay the same, and every invariant asks for its mark. */
const known = new WeakMap<Tags, Required<Mark>>();

/** The mark that a thing bears, with empty words where it bears none. */
export function markOf(tags: Tags): Required<Mark> {
  const mark = known.get(tags);
  if (mark !== undefined) return mark;
  const read = { ...NOBODYS, ...musterMarks.read(tags) };
  known.set(tags, read);
  return read;
}

export function isMemberOf(group: string, tags: Tags): boolean {
  // Most are somebody else's by the first words, and need not be read.
  if (tags["muster.stack"] !== STACK || tags["muster.owner"] !== group) return false;
  return markOf(tags).owner === group;
}

const NO_TAGS: Tags = {};

/** The living members of a group, in truth. */
export function membersOf(world: World, group: string): readonly Thing[] {
  return world.living(NO_TAGS).filter(({ tags }) => isMemberOf(group, tags));
}
