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
  /** It runs no more, and is there all the same. */
  readonly fallen: boolean;
  readonly gone?: { readonly at: number; readonly by: "muster" | "others"; readonly listedUntil: number };
}

export interface World {
  make(tags: Tags, properties: JsonObject, times: { readonly readyAt: number; readonly listedFrom: number }): Thing;
  /** False when there is nothing to change any more. */
  change(id: string, properties: JsonObject, listedFrom: number): boolean;
  /** False when it was gone already. */
  end(id: string, by: "muster" | "others", listedUntil: number): boolean;
  setSick(id: string, sick: boolean): void;
  /** It ends, and stays where it is. */
  fall(id: string): void;
  /** One that would never have come up does. */
  start(id: string): void;
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
  /** Those that a list may still show, or will, oldest first. */
  let listable: Thing[] = [];
  const watchers = new Set<() => void>();
  /** What lists show of things that stay as they are shown until they are changed. */
  const settled = new WeakMap<Thing, Shown>();
  let made = 0;

  function put(thing: Thing): void {
    things.set(thing.id, thing);
    const index = listable.findIndex(({ id }) => id === thing.id);
    if (index < 0) listable.push(thing);
    else listable[index] = thing;
    for (const changed of watchers) changed();
  }

  function alive(id: string): Thing | undefined {
    const thing = things.get(id);
    return thing?.gone === undefined ? thing : undefined;
  }

  function show(thing: Thing, time: number): Shown {
    const known = settled.get(thing);
    if (known !== undefined) return known;
    const { id, tags, before, readyAt, bornAt } = thing;
    const isOld = before !== undefined && time < before.until;
    const isRunning = time >= readyAt;
    const properties = isOld ? before.properties : thing.properties;
    const phase = thing.fallen ? "ended" : isRunning ? "running" : "starting";
    const shown: Shown = { id, tags, properties, phase, since: bornAt };
    if (phase !== "starting" && !isOld) settled.set(thing, shown);
    return shown;
  }

  return {
    make(tags, properties, times) {
      const id = `i-${String(++made).padStart(5, "0")}`;
      const thing: Thing = { id, tags, properties, bornAt: now(), ...times, sick: false, fallen: false };
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
    fall(id) {
      const thing = alive(id);
      if (thing !== undefined) put({ ...thing, fallen: true });
    },
    start(id) {
      const thing = alive(id);
      if (thing !== undefined) put({ ...thing, readyAt: Math.min(thing.readyAt, now()) });
    },
    thing: (id) => things.get(id),
    // Whoever is alive is listable.
    living: (wanted) => listable.filter((thing) => thing.gone === undefined && bears(thing.tags, wanted)),
    isHealthy: (thing) => thing.gone === undefined && !thing.sick && !thing.fallen && now() >= thing.readyAt,
    page(wanted, cursor, most) {
      const page: Shown[] = [];
      const time = now();
      if (cursor === "") listable = listable.filter(({ gone }) => gone === undefined || time < gone.listedUntil);
      for (const thing of listable) {
        if (page.length === most) break;
        if (thing.id <= cursor || time < thing.listedFrom) continue;
        if (thing.gone !== undefined && time >= thing.gone.listedUntil) continue;
        if (bears(thing.tags, wanted)) page.push(show(thing, time));
      }
      return page;
    },
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}
