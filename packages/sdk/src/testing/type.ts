/** A type as it is, over things that are only simulated. */
import { bears, hashJson, type JsonObject } from "@muster/model";
import { type ClaimedProvider, type Provider, ProviderError, type TaggedProvider, type Type } from "@muster/plugin";
import type { Maker } from "./making.ts";
import { simulatedSettings } from "./settings.ts";
import type { Thing, Things } from "./things.ts";

/** Where things are of which nobody has said otherwise. */
export const USUAL_SCOPE = "simulated";

/** What is read and written of the things of one type in one scope. */
interface Room {
  readonly type: Type;
  readonly scope: string;
  readonly maker: Maker;
  readonly things: Things;
}

/** All that it says of its things is its own; nothing outside is opened for it. */
export function simulatedType(type: Type, maker: Maker, things: Things): Type {
  const settings = simulatedSettings(type.settings);
  const roomOf = (given: JsonObject): Room => ({ type, scope: scopeOf(type, given), maker, things });
  if (type.known === "claim") return { ...type, settings, open: async (given) => claimed(roomOf(given)) };
  const { openToLook: _, ...others } = type;
  return { ...others, settings, open: async (given) => tagged(roomOf(given)) };
}

/** What is named on this machine is the same whatever its provider is set to; all else is where that is. */
function scopeOf({ known, local }: Type, settings: JsonObject): string {
  const isOne = Object.keys(settings).length === 0 || (known === "claim" && local);
  return isOne ? USUAL_SCOPE : `${USUAL_SCOPE} ${hashJson(settings).slice(0, 8)}`;
}

function tagged(room: Room): TaggedProvider {
  const { maker, things } = room;
  return {
    known: "tags",
    ...whatAnyCan(room),
    async *list(by) {
      yield thingsIn(room).flatMap((thing) => (bears(thing.tags, by) ? [maker.seen(thing)] : []));
    },
    async retag(id, tags) {
      const thing = thingIn(room, id);
      things.replace({ ...thing, tags: { ...thing.tags, ...tags } });
    },
  };
}

function claimed(room: Room): ClaimedProvider {
  return {
    known: "claim",
    ...whatAnyCan(room),
    async *list() {
      yield thingsIn(room).map(room.maker.seen);
    },
  };
}

type Common = Pick<ClaimedProvider, "read"> &
  Pick<Provider, "scope" | "create" | "update" | "destroy" | "refresh" | "watch">;

function whatAnyCan(room: Room): Common {
  const { type, scope, maker, things } = room;
  return {
    scope,
    create: async (want, tags, { digests }) => ({ id: maker.make(scope, want, tags, digests).id }),
    async read(id) {
      const thing = things.find(type.name, scope, id);
      return thing === undefined ? undefined : maker.seen(thing);
    },
    update: async ({ id }, want, { digests }) => maker.change(thingIn(room, id), want, digests),
    async destroy(id) {
      const thing = things.find(type.name, scope, id);
      if (thing !== undefined) things.remove(thing);
    },
    /** Whoever is told of a change has nothing to do here. */
    refresh: async () => undefined,
    watch: (wake, signal) => things.watch(type.name, wake, signal),
  };
}

function thingsIn({ type, scope, things }: Room): readonly Thing[] {
  return things.of(type.name).filter((thing) => thing.scope === scope);
}

/** Throws ProviderError `retryable`. */
function thingIn({ type, scope, things }: Room, id: string): Thing {
  const thing = things.find(type.name, scope, id);
  if (thing === undefined) throw new ProviderError("retryable", `${id} is not there any more`);
  return thing;
}
