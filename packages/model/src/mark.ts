/** What travels with a thing: short texts under short keys. InfraKit's tags, Docker's labels, a cloud's tags. */
export type Tags = Readonly<Record<string, string>>;

/** What Muster writes on what it makes: whose it is, which place it fills, which create made it, what it was made from. */
export interface Mark {
  readonly stack: string;
  /** The group (later also: the resource) it belongs to. */
  readonly owner: string;
  /** The place it fills: a member's name, or a number. Missing where the one who made it counts no places (InfraKit). */
  readonly slot?: string;
  /** The create that made it. Missing on what another program made. */
  readonly intent?: string;
  readonly revision: string;
  /** The port of this machine that it was given. */
  readonly port?: string;
}

/**
 * How marks are written as tags and read back. A provider carries tags and does not know what they mean; a group knows.
 * Muster's own stacks use `musterMarks`; InfraKit's declarations bring InfraKit's tags.
 */
export interface MarkCodec {
  /** The tags a thing of this owner bears at least: what a list is filtered by. */
  owned(stack: string, owner: string): Tags;
  write(mark: Mark): Tags;
  /** Undefined when the tags are not a mark, or one of a version this Muster does not know. */
  read(tags: Tags): Mark | undefined;
}

const VERSION = "1";

export const musterMarks: MarkCodec = {
  owned: (stack, owner) => ({ "muster.v": VERSION, "muster.stack": stack, "muster.owner": owner }),
  write: (mark) => ({
    "muster.v": VERSION,
    "muster.stack": mark.stack,
    "muster.owner": mark.owner,
    "muster.revision": mark.revision,
    ...(mark.slot === undefined ? {} : { "muster.slot": mark.slot }),
    ...(mark.intent === undefined ? {} : { "muster.intent": mark.intent }),
    ...(mark.port === undefined ? {} : { "muster.port": mark.port }),
  }),
  read(tags) {
    const stack = tags["muster.stack"];
    const owner = tags["muster.owner"];
    const revision = tags["muster.revision"];
    if (tags["muster.v"] !== VERSION || !stack || !owner || !revision) return undefined;
    const slot = tags["muster.slot"];
    const intent = tags["muster.intent"];
    const port = tags["muster.port"];
    if (port) return { stack, owner, revision, port, ...(slot ? { slot } : {}), ...(intent ? { intent } : {}) };
    // Every member of every look is read here: to spread what there is would take five times as long.
    if (slot && intent) return { stack, owner, revision, slot, intent };
    if (slot) return { stack, owner, revision, slot };
    return intent ? { stack, owner, revision, intent } : { stack, owner, revision };
  },
};

/** True when `tags` bears every one of `wanted`. */
export function bears(tags: Tags, wanted: Tags): boolean {
  for (const key in wanted) if (tags[key] !== wanted[key]) return false;
  return true;
}
