/** Hints of the providers that resources are made by. */
import { hashJson, type JsonObject } from "@muster/model";
import type { Type } from "@muster/plugin";
import { settingsFor } from "../providers.ts";
import type { BindDeps } from "./bound.ts";
import type { ResourcesTask } from "./tended.ts";

export interface Hints {
  /** From now on, those of the providers that this task has to do with, and no others. */
  listenFor(task: ResourcesTask): void;
  /** All of its providers tell of every change, and are cheap to look at. */
  areReliable(): boolean;
  end(): void;
}

interface Source {
  readonly type: Type;
  readonly settings: JsonObject;
}

export function hintsOf(deps: BindDeps, wake: () => void): Hints {
  const listening = new Map<string, () => void>();
  let sources: readonly Source[] = [];

  return {
    listenFor(task) {
      sources = sourcesOf(task, deps);
      const wanted = new Map(sources.map((source) => [`${source.type.name} ${hashJson(source.settings)}`, source]));
      for (const [key, end] of listening) {
        if (wanted.has(key)) continue;
        end();
        listening.delete(key);
      }
      for (const [key, { type, settings }] of wanted) {
        if (!listening.has(key)) listening.set(key, deps.providers.listen(type, settings, wake));
      }
    },
    areReliable: () => sources.every(({ type }) => type.local),
    end() {
      for (const end of listening.values()) end();
      listening.clear();
    },
  };
}

/** Each type with each of its providers once. */
function sourcesOf({ tended, providers }: ResourcesTask, { catalog, settings: given }: BindDeps): readonly Source[] {
  const chosen = new Map<string, Set<string | undefined>>();
  for (const { resource } of tended.values()) {
    const names = chosen.get(resource.type) ?? new Set();
    chosen.set(resource.type, names.add(resource.provider));
  }
  return [...chosen].flatMap(([name, entries]) => {
    const type = catalog.type(name, "muster");
    if (type === undefined) return [];
    return [...entries].map((entry) => ({ type, settings: settingsFor(type, providers, given, entry) }));
  });
}
