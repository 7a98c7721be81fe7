import type { Dirent } from "node:fs";
import type { Observed } from "@muster/model";
import type { ClaimedProvider } from "@muster/plugin";
import { listBelow } from "./below.ts";
import { isRooted, lookAt, type Way } from "./folder.ts";
import type { Hints } from "./hints.ts";
import { plainPath } from "./paths.ts";

/** What is looked at, and how it is taken away. */
export interface AtPath<P> {
  isListed(entry: Dirent): boolean;
  /** Given its path, and a path that leads there for as long as the call runs. */
  observed(path: string, at: string): Observed<P> | undefined;
  /** One that is gone is done. */
  remove(at: string): void;
}

/** What files and directories have alike: they are known by their paths, and where there is a root they can be listed. */
export function atPaths<P extends object>(
  way: Way,
  hints: Hints,
  { isListed, observed, remove }: AtPath<P>,
): Pick<ClaimedProvider<P>, "read" | "list" | "destroy" | "watch"> {
  return {
    async read(id) {
      const path = plainPath(id, way.root);
      const found = lookAt(path, way, (at) => observed(path, at));
      if (found === undefined) hints.forget(path);
      else hints.know(path);
      return found;
    },

    ...(isRooted(way) ? { list: () => listBelow(way, isListed, observed) } : {}),

    async destroy(id) {
      const path = plainPath(id, way.root);
      lookAt(path, way, remove);
      hints.forget(path);
    },

    watch: hints.watch,
  };
}
