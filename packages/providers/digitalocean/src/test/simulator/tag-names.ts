import type { Tag, World } from "./world.ts";

const TAG = /^[a-zA-Z0-9_\-:]{1,255}$/;

export function isTagName(name: string): boolean {
  return TAG.test(name);
}

export function invalidTag(name: string): string {
  return `Error validating resource tag: "${name}" contains invalid characters`;
}

/** The tag of this name, whatever the case: it keeps the case of its first use. Made where there is none. */
export function tagNamed(world: World, name: string): Tag {
  const known = world.tags.get(name.toLowerCase());
  if (known !== undefined) return known;
  const tag: Tag = { name, lastTagged: undefined };
  world.tags.set(name.toLowerCase(), tag);
  return tag;
}

/** Puts a droplet among those that bear the tag, in the tag's own book. */
export function noteTagged(world: World, name: string, droplet: number): void {
  world.tags.set(name.toLowerCase(), { ...tagNamed(world, name), lastTagged: droplet });
}
