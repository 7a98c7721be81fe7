/** Looks at droplets: one list, however many ask at once. */
import { bears, type Tags } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import type { Droplet } from "../api/answers.ts";
import type { Droplets } from "../api/droplets.ts";
import { filterFor } from "./marks.ts";
import { type ObservedDroplet, observedOf } from "./observed.ts";

/** All that bear these tags, as they are now. */
export type Look = (by: Tags) => Promise<readonly ObservedDroplet[]>;

/**
 * Many who ask in one turn are answered by one look, which begins after the last of them has asked: no old news. Nobody's
 * signal ends it, as it is not theirs alone.
 */
export function looksAt(droplets: Droplets): Look {
  const next = new Map<string | undefined, Promise<readonly ObservedDroplet[]>>();

  const look = (tag: string | undefined): Promise<readonly ObservedDroplet[]> => {
    const known = next.get(tag);
    if (known !== undefined) return known;
    const begun = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      next.delete(tag);
      const found = await droplets.list(tag === undefined ? {} : { tag }, new AbortController().signal);
      if (tag !== undefined) confirmTold(found);
      return found.map(observedOf);
    });
    next.set(tag, begun);
    return begun;
  };

  return async (by) => (await look(filterFor(by))).filter(({ tags }) => bears(tags, by));
}

/** Where a droplet is listed by a tag and shows none, no mark can be read: that must not look as if there were none. */
function confirmTold(found: readonly Droplet[]): void {
  const mute = found.find(({ tags }) => tags.length === 0);
  if (mute === undefined) return;
  const said = `the marks of droplet ${mute.id} cannot be read: the token is without the right tag:read: make one that has it`;
  throw new ProviderError("denied", said);
}
