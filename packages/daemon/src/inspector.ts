/** What types there are and what there is of them, asked where no Muster needs to run. */
import {
  grammar,
  type ResourceEntry,
  resourceKinds,
  stackSchema,
  type Undeclarable,
  undeclarableOf,
} from "@muster/declaration";
import { type Document, didYouMean, type JsonObject, MusterError, nearest } from "@muster/model";
import { resourceTypeNamed, resourceTypeNames } from "@muster/plugin";
import { openThings, type State, type Things } from "@muster/runtime";
import type { PluginView } from "./api.ts";
import { askThingIn } from "./ask-thing.ts";
import { openCatalogToLook } from "./catalog/to-look.ts";
import { type TypeDetail, type TypeView, typeDetail, typeView } from "./catalog/type-view.ts";
import { readGiven } from "./checked.ts";
import type { PlannerOptions } from "./planner.ts";
import { stateGiven } from "./state.ts";

export interface Inspector {
  /** By name, tasks too. */
  types(): readonly TypeView[];
  /** Throws `declaration.unknown-type`. */
  explain(type: string): TypeDetail;
  /** A JSON Schema of a whole stack made of the types there are. */
  stackSchema(): JsonObject;
  readonly things: Things;
  /** What stands against it that an entry is declared as it is. */
  undeclarable(entry: ResourceEntry): Promise<readonly Undeclarable[]>;
  /**
   * Whether what a stack declares is so, and its checks in the words of what was seen. Throws MusterErrors where `plan` would refuse the declaration; what could not be
   * looked at is unknown.
   */
  state(document: Document, source: string): Promise<State>;
  /** The types as kinds of checks, which ask about things. */
  kinds(): ReturnType<typeof resourceKinds>;
  /** Plugins that are there and could not be asked: what they serve is not known. */
  silentPlugins(): readonly PluginView[];
  close(): Promise<void>;
}

/** Takes no lease and answers at no socket. The store stays open when it closes. Throws `daemon.unsafe-directory`. */
export async function assembleInspector(options: PlannerOptions): Promise<Inspector> {
  const { outside, settings, store } = options;
  const catalog = await openCatalogToLook(options);
  const things = openThings({ io: outside.io, clock: outside.clock, catalog, settings, store, grammar });

  function names(): readonly string[] {
    return resourceTypeNames(catalog).toSorted();
  }

  function pluginOf(name: string): string | undefined {
    const serving = catalog.plugins().filter(({ state, types }) => {
      return state !== "built-in" && types.some((type) => type.name === name);
    });
    return serving[0]?.name;
  }

  return {
    types: () =>
      names().flatMap((name) => {
        const type = resourceTypeNamed(name, catalog);
        return type === undefined ? [] : [typeView(type, pluginOf(name))];
      }),
    explain(name) {
      const type = resourceTypeNamed(name, catalog);
      if (type !== undefined) return typeDetail(type, pluginOf(name));
      const words = { name, nearest: didYouMean(nearest(name, names())), known: names().join(", ") };
      throw new MusterError("declaration.unknown-type", words);
    },
    stackSchema: () => stackSchema(catalog),
    things,
    undeclarable: (entry) => undeclarableOf(entry, catalog, settings),
    state: (document, source) => stateGiven(readGiven(document, source), { store, outside, catalog, settings }),
    kinds: () => resourceKinds(catalog, askThingIn(catalog, things)),
    silentPlugins: () => catalog.plugins().filter(({ state }) => state !== "built-in" && state !== "connected"),
    async close() {
      await things.close();
      catalog.close();
    },
  };
}
