import type { Daemon } from "@muster/daemon";
import { type Api, apiAt } from "../client/api.ts";
import { located } from "./located.ts";

/**
 * A Muster in this process, asked as any other is. What a stack declares, and what would be done, is handed over as it is:
 * thousands of resources need not be written out to be read again.
 */
export function apiHere(daemon: Daemon): Api {
  return {
    ...apiAt(daemon.socket),
    groups: async () => daemon.keepers().flatMap((keeper) => keeper.groups()),
    async resources() {
      const declared = daemon.keepers().filter((keeper) => keeper.declaration() !== undefined);
      return declared.map((keeper) => ({ stack: keeper.stack, ...keeper.resources() }));
    },
    async plan({ document, source, ...asked }, locate) {
      try {
        return await daemon.plan(document, source, asked);
      } catch (thrown) {
        throw located(thrown, locate === undefined ? {} : { locate });
      }
    },
    async apply({ document, source, actor, pretend, ...asked }, locate) {
      try {
        if (pretend === true) return await daemon.pretend(document, source);
        return await daemon.apply(document, source, `user:${actor}`, asked);
      } catch (thrown) {
        throw located(thrown, locate === undefined ? {} : { locate });
      }
    },
  };
}
