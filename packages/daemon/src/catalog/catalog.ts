/**
 * Types and flavors by name: what is built in, and what plugins in the plugin directory serve. Plugins come and go while
 * Muster runs; whoever uses one of them is told, and nobody else.
 */
import {
  type Catalog,
  type Flavor,
  INFRAKIT_FLAVORS,
  INFRAKIT_TYPES,
  makePrivateDirectory,
  type Type,
} from "@muster/plugin";
import type { Clock } from "@muster/runtime";
import type { PluginView } from "../api.ts";
import type { DaemonOptions, Notice } from "../options.ts";
import { type Sockets, watchSockets } from "./directory.ts";
import { findNamed, namesOf, type Shelf } from "./names.ts";
import { type SupervisedPlugin, superviseAt } from "./plugin.ts";

export interface PluginCatalog extends Catalog {
  plugins(): readonly PluginView[];
  close(): void;
}

export interface CatalogDeps {
  readonly clock: Clock;
  /** A socket in the directory that is this process's own. */
  readonly own: string | undefined;
  onNotice(notice: Notice): void;
}

/**
 * Resolves when every plugin that is there was asked once: one that hangs holds it up for as long as a probe takes.
 * Throws `daemon.unsafe-directory`.
 */
export async function openCatalog(
  builtins: DaemonOptions["builtins"],
  directory: string | undefined,
  deps: CatalogDeps,
): Promise<PluginCatalog> {
  const builtInTypes = byName(builtins.types);
  const tasks = byName(builtins.tasks ?? []);
  const builtInFlavors = byName(builtins.flavors);
  const plugins = new Map<string, SupervisedPlugin>();
  const listeners = new Set<() => void>();
  const told = new Set<string>();
  let endWatch: (() => void) | undefined;

  function found(sockets: Sockets): void {
    for (const path of sockets.keys()) {
      if (path !== deps.own && !plugins.has(path)) plugins.set(path, supervised(path));
    }
    for (const [path, plugin] of plugins) plugin.found(sockets.get(path));
  }

  function supervised(path: string): SupervisedPlugin {
    return superviseAt(path, {
      clock: deps.clock,
      onChange(message) {
        deps.onNotice({ kind: "plugin", message });
        tellShadows();
        for (const listener of listeners) listener();
      },
    });
  }

  function tellShadows(): void {
    for (const [kind, shelf] of [
      ["type", types()],
      ["flavor", flavors()],
    ] as const) {
      for (const { name: plugin, dialect, things } of shelf.plugins) {
        const whose = dialect === "muster" ? "" : " by InfraKit's documents";
        for (const { name } of things) if (shelf.builtIn.has(name)) tellOnce(plugin, `${kind} ${name}`, whose);
      }
    }
  }

  function tellOnce(plugin: string, served: string, whose: string): void {
    const message = `plugin ${plugin} serves the ${served}: it is used${whose}, and the built-in one is not`;
    if (told.has(message)) return;
    told.add(message);
    deps.onNotice({ kind: "shadowed", message });
  }

  function types(): Shelf<Type> {
    return { builtIn: builtInTypes, plugins: served(({ types: things }) => things), infrakitNames: INFRAKIT_TYPES };
  }

  function flavors(): Shelf<Flavor> {
    return { builtIn: builtInFlavors, plugins: served((each) => each.flavors), infrakitNames: INFRAKIT_FLAVORS };
  }

  function served<T extends { readonly name: string }>(
    pick: (serving: NonNullable<ReturnType<SupervisedPlugin["serving"]>>) => readonly T[],
  ): Shelf<T>["plugins"] {
    return [...plugins.values()].flatMap((plugin) => {
      const serving = plugin.serving();
      return serving === undefined ? [] : [{ name: plugin.name, dialect: serving.dialect, things: pick(serving) }];
    });
  }

  if (directory !== undefined) {
    makePrivateDirectory(directory);
    endWatch = watchSockets(directory, deps.clock, found);
    await Promise.all([...plugins.values()].map((plugin) => plugin.asked()));
  }

  return {
    type: (name, dialect) => findNamed(types(), name, dialect),
    flavor: (name, dialect) => findNamed(flavors(), name, dialect),
    task: (name) => tasks.get(name),
    taskNames: () => [...tasks.keys()],
    typeNames: () => namesOf(types()),
    flavorNames: () => namesOf(flavors()),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    plugins() {
      const views = [...plugins.values()].flatMap((plugin) => plugin.view() ?? []);
      return [builtInView(builtins), ...views.sort((a, b) => (a.name < b.name ? -1 : 1))];
    },
    close() {
      endWatch?.();
      for (const plugin of plugins.values()) plugin.close();
    },
  };
}

function byName<T extends { readonly name: string }>(things: readonly T[]): ReadonlyMap<string, T> {
  return new Map(things.map((thing) => [thing.name, thing]));
}

function builtInView({ types, flavors }: DaemonOptions["builtins"]): PluginView {
  const shown = ({ name, summary }: { readonly name: string; readonly summary: string }) => ({ name, summary });
  return { name: "muster", state: "built-in", types: types.map(shown), flavors: flavors.map(shown) };
}
