import { randomBytes } from "node:crypto";
import { grammar } from "@muster/declaration";
import { type Document, type Event, isConverged, type JsonObject } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import { keepStack, type StackKeeper, systemClock } from "@muster/runtime";
import { memoryStore, type Store, thisProcess } from "@muster/store";
import type { LyingWorld } from "./lying-provider.ts";

/** A stack kept by the production runtime over a world that lies. */
export interface Kept {
  readonly keeper: StackKeeper;
  readonly store: Store;
  readonly events: readonly Event[];
  readonly converged: () => boolean;
}

export async function keep(world: LyingWorld, store: Store = memoryStore()): Promise<Kept> {
  const events: Event[] = [];
  const lease = await store.acquire("shop", thisProcess("none", "test"), async () => false);
  const catalog: Catalog = {
    type: (name) => (name === world.type.name ? world.type : undefined),
    flavor: (name) => (name === world.flavor.name ? world.flavor : undefined),
    typeNames: () => [world.type.name],
    flavorNames: () => [world.flavor.name],
    onChange: () => () => undefined,
  };
  const keeper = await keepStack({
    ...{ store, lease, catalog, clock: systemClock },
    grammar,
    settings: {},
    io: { now: Date.now, randomBytes },
    onEvent: (event) => events.push(event),
    onStatus: () => undefined,
    onLost(error) {
      throw error;
    },
  });
  return {
    ...{ keeper, store, events },
    converged() {
      const generation = keeper.declaration()?.generation;
      return keeper
        .groups()
        .every(({ status }) => status !== undefined && status.observedGeneration === generation && isConverged(status));
    },
  };
}

/** One group `web` of lying instances, in Muster's words. */
export function web(group: JsonObject, template: JsonObject = { note: "v1" }): Document {
  const whole = { template: { lying: template }, flavor: { asked: {} }, ...group };
  return { dialect: "muster", data: { stack: "shop", groups: { web: whole } } };
}
