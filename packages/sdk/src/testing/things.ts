/** What there is in a simulated world. Nothing but what is asked here ever changes it. */
import type { JsonObject, Observed, Tags } from "@muster/model";
import { ProviderError } from "@muster/plugin";

/** A thing in truth: with what its provider never shows. */
export interface Thing {
  readonly type: string;
  /** Where its id is unique: a machine, an account. */
  readonly scope: string;
  readonly id: string;
  readonly tags: Tags;
  readonly properties: JsonObject;
  readonly digests?: Observed["digests"];
  /** What no other can hold beside it: a path, a port. */
  readonly holds: readonly string[];
  /** Milliseconds since 1970. */
  readonly since: number;
}

export interface Things {
  /** Those of a type, the oldest first. */
  of(type: string): readonly Thing[];
  find(type: string, scope: string, id: string): Thing | undefined;
  /** Throws ProviderError `conflict` where its id is taken, or something that it holds. */
  add(thing: Thing): void;
  /** In the place of the one of this id. Throws as `add`. */
  replace(thing: Thing): void;
  remove(thing: Thing): void;
  /** Calls `wake` after every change of things of this type, until the signal. */
  watch(type: string, wake: () => void, signal: AbortSignal): void;
}

export function noThings(): Things {
  const types = new Map<string, Map<string, Thing>>();
  const holders = new Map<string, Thing>();
  const watchers = new Map<string, Set<() => void>>();

  function put(thing: Thing): void {
    const taken = thing.holds.map((word) => holders.get(word)).find((each) => each && keyOf(each) !== keyOf(thing));
    if (taken !== undefined) throw new ProviderError("conflict", `${thing.id} cannot be beside ${taken.id}`);
    letGo(thing);
    types.set(thing.type, (types.get(thing.type) ?? new Map<string, Thing>()).set(keyOf(thing), thing));
    for (const word of thing.holds) holders.set(word, thing);
    wakeAll(thing);
  }

  function letGo({ type, scope, id }: Thing): void {
    for (const word of find(type, scope, id)?.holds ?? []) holders.delete(word);
  }

  function find(type: string, scope: string, id: string): Thing | undefined {
    return types.get(type)?.get(keyOf({ scope, id }));
  }

  function wakeAll({ type }: Thing): void {
    for (const wake of watchers.get(type) ?? []) wake();
  }

  return {
    of: (type) => [...(types.get(type)?.values() ?? [])],
    find,
    add(thing) {
      const { type, scope, id } = thing;
      if (find(type, scope, id) !== undefined) throw new ProviderError("conflict", `${id} is there already`);
      put(thing);
    },
    replace: put,
    remove(thing) {
      letGo(thing);
      types.get(thing.type)?.delete(keyOf(thing));
      wakeAll(thing);
    },
    watch(type, wake, signal) {
      const listening = watchers.get(type) ?? new Set();
      watchers.set(type, listening.add(wake));
      signal.addEventListener("abort", () => listening.delete(wake), { once: true });
    },
  };
}

function keyOf({ scope, id }: Pick<Thing, "scope" | "id">): string {
  return `${scope}\n${id}`;
}
