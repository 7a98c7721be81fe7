import { musterMarks, type Tags } from "@muster/model";
import type { Io } from "@muster/plugin";

/**
 * The label in which a container bears its own name. Labels are inherited: an image that was committed from a container
 * gives them to everything that is made of it, and none of that is what bore them first.
 */
export const NAME_LABEL = "muster.container";

/** A name that a person can read in the engine's list, and that nobody else has. */
export function nameFor(tags: Tags, io: Io): string {
  const mark = musterMarks.read(tags);
  const readable = mark === undefined ? [] : [mark.stack, mark.owner, ...(mark.slot === undefined ? [] : [mark.slot])];
  const unique = Buffer.from(io.randomBytes(6)).toString("hex");
  return ["muster", ...readable.map(plain), unique].join("-");
}

/** What engines allow in a name. */
function plain(word: string): string {
  return word.replaceAll(/[^a-zA-Z0-9_.-]+/g, "_").slice(0, 40);
}

/** The tags that a container bears by itself. One that bears none of its own, or another's, is nobody's. */
export function tagsOn(name: string, labels: Readonly<Record<string, string>>): Tags {
  const { [NAME_LABEL]: own, ...tags } = labels;
  // Engines write a slash in front of it.
  return own !== undefined && own === name.replace(/^\//, "") ? tags : {};
}
