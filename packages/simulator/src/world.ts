/**
 * What there is in truth. Things live and die here; what a list shows of them may lag behind. The world does not know
 * what Muster wants.
 */
import { bears, type JsonObject, type Tags } from "@muster/model";
import type { Shown } from "./happening.ts";

export interface Thing {
  readonly id: string;
  readonly tags: Tags;
  readonly properties: JsonObject;
  readonly bornAt: number;
  /** It starts until then. */
  readonly readyAt: number;
  /** Lists show it from here on. */
  readonly listedFrom: number;
  /** What lists show of its properties, where a change is not listed yet. */
  readonly before?: { readonly properties: JsonObject; readonly until: number };
  readonly sick: boolean;
  readonly gone?: { readonly at: number; readonly by: "muster" | "others"; readonly listedUntil: number };
}

export interface World {
  make(tags: Tags, properties: JsonObject, times: { readonly readyAt: number; readonly listedFrom: number }): Thing;
  /** False when there is nothing to change any more. */
  change(id: string, properties: JsonObject, listedFrom: number): boolean;
  /** False when it was gone already. */
  end(id: string, by: "muster" | "others", listedUntil: number): boolean;
  setSick(id: string, sick: boolean): void;
  thing(id: string): Thing | undefined;
  /** Alive and bearing these tags, oldest first. */
  living(wanted: Tags): readonly Thing[];
  isHealthy(thing: Thing): boolean;
  /** What a list shows of the things after `cursor`, at most so many. */
  page(wanted: Tags, cursor: string, most: number): readonly Shown[];
  /** Calls `changed` after every change; returns the end of it. */
  watch(changed: () => void): () => void;
}

export function emptyWorld(now: () => number): World {
  const things = new Map<string, Thing>();
  const watchers = new Set<() => void>();
  let made = 0;

  function put(thing: Thing): void {
    things.set(thing.id, thing);
    for (const changed of watchers) changed();
  }

  function alive(id: string): Thing | undefined {
    const thing = things.get(id);
    return thing?.gone === undefined ? thing : undefined;
  }

  function show(thing: Thing): Shown {
    const { id, tags, before, readyAt, bornAt } = thing;
    const properties = before !== undefined && now() < before.until ? before.properties : thing.properties;
    return { id, tags, properties, running: now() >= readyAt, since: bornAt };
  }

  return {
    make(tags, properties, times) {
      const id = `i-${String(++made).padStart(5, "0")}`;
      const thing: Thing = { id, tags, properties, bornAt: now(), ...times, sick: false };
      put(thing);
      return thing;
    },
    change(id, properties, listedFrom) {
      const thing = alive(id);
      if (thing === undefined) return false;
      put({ ...thing, properties, before: { properties: thing.properties, until: listedFrom } });
      return true;
    },
    end(id, by, listedUntil) {
      const thing = alive(id);
      if (thing === undefined) return false;
      put({ ...thing, gone: { at: now(), by, listedUntil } });
      return true;
    },
    setSick(id, sick) {
      const thing = alive(id);
      if (thing !== undefined) put({ ...thing, sick });
    },
    thing: (id) => things.get(id),
    living: (wanted) => [...things.values()].filter((thing) => thing.gone === undefined && bears(thing.tags, wanted)),
    isHealthy: (thing) => thing.gone === undefined && !thing.sick && now() >= thing.readyAt,
    page(wanted, cursor, most) {
      const page: Shown[] = [];
      for (const thing of things.values()) {
        if (page.length === most) break;
        if (thing.id <= cursor || now() < thing.listedFrom) continue;
        if (thing.gone !== undefined && now() >= thing.gone.listedUntil) continue;
        if (bears(thing.tags, wanted)) page.push(show(thing));
      }
      return page;
    },
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}
