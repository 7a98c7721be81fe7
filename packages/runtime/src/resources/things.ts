/** Things of any type, asked for and set by hand, whether a stack declares them or not. */
import type { Io } from "@muster/plugin";
import { openProviders, type Providers, toLook } from "../providers.ts";
import { findThing, listThings, notFound, type QueryDeps, type Reach, reachType, type Thing } from "./query.ts";
import { carryOut, type WeighedWish, type Wish, weighWish } from "./set.ts";

export interface ThingsDeps extends QueryDeps {
  readonly io: Io;
}

/** What is thrown everywhere: `declaration.unknown-type`, and of the family `provider`. */
export interface Things {
  /** By name. Throws `thing.not-listable`. */
  list(type: string): Promise<readonly Thing[]>;
  /** By id or by name. Throws `thing.not-found`, `.ambiguous`. */
  show(type: string, name: string): Promise<Thing>;
  /** Throws `thing.ambiguous`, `.not-free`, `.impossible`, `.no-consent`, `usage.unknown-property`, `.bad-value`. */
  weigh(type: string, wish: Wish): Promise<WeighedWish>;
  /** Does what was weighed, and returns the id of the thing. Throws what `weigh` does, and `thing.not-as-set`. */
  set(type: string, wish: Wish, weighed: WeighedWish): Promise<string>;
  close(): Promise<void>;
}

export function openThings(deps: ThingsDeps): Things {
  const looking = openProviders(deps.io, toLook);
  const working = openProviders(deps.io);
  const reach = (type: string, providers: Providers = looking): Promise<Reach> => reachType(type, providers, deps);

  return {
    async list(type) {
      return (await listThings(await reach(type), deps)).map(({ thing }) => thing);
    },
    async show(type, name) {
      const reached = await reach(type);
      const found = await findThing(reached, name, deps);
      if (found === undefined) throw await notFound(reached, name, deps);
      return found.thing;
    },
    async weigh(type, wish) {
      return weighWish(await reach(type), wish, deps);
    },
    async set(type, wish, weighed) {
      return carryOut(await reach(type, working), wish, weighed, deps);
    },
    async close() {
      await Promise.all([looking.close(), working.close()]);
    },
  };
}
