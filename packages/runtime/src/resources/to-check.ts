/** Resources as checks ask for them: where they are to be asked, and what their properties are. */
import type { Address } from "@muster/model";
import type { Things } from "../checks/round.ts";
import { whomOf } from "../checks/whom.ts";
import type { Clock } from "../ports.ts";
import { type BindDeps, binder } from "./bound.ts";
import type { ResourcesTask } from "./tended.ts";
import type { Visited } from "./visited.ts";

/** @param isAskable whether anybody is asked about it, as it is */
export function thingsIn(
  task: () => ResourcesTask | undefined,
  seen: (address: Address) => Visited | undefined,
  deps: BindDeps & { readonly clock: Clock },
  isAskable: (visited: Visited | undefined) => boolean,
): Things {
  return {
    async whomOf(address) {
      const now = task();
      const resource = now?.tended.get(address)?.resource;
      const visited = seen(address);
      if (now === undefined || resource === undefined || !isAskable(visited)) {
        return `${address} is not as declared`;
      }
      const { type, provider, ...bound } = await binder(now, deps)(resource);
      const local = bound.known === "task" || ("local" in type && type.local);
      const whom = whomOf(type, local, provider, visited?.id ?? "");
      return whom.kind === "inside" && visited?.id === undefined ? `${address} is not there` : whom;
    },
    valueOf(address, property) {
      const visited = seen(address);
      // What nobody may see would be shown where the check fails.
      if (visited === undefined || visited.secret.has(property)) return undefined;
      const value = visited.valueOf(property);
      return typeof value === "symbol" ? undefined : value;
    },
  };
}
