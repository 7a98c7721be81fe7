/** What can be made in a simulated world: every type over simulated things. */
import { didYouMean, MusterError, nearest } from "@muster/model";
import {
  type Catalog,
  type Flavor,
  INFRAKIT_FLAVORS,
  INFRAKIT_TYPES,
  ownName,
  type ResourceType,
  type TaskType,
  type Type,
} from "@muster/plugin";
import { builtInTypes, withoutOutside } from "./built-in.ts";
import { type Maker, makerOf, type Stage } from "./making.ts";
import { type Run, simulatedTask } from "./task.ts";
import { simulatedType } from "./type.ts";

export interface Kinds {
  readonly catalog: Catalog;
  /** Throws `declaration.unknown-type`. */
  makerFor(type: string): Maker;
}

/** @param more those of a name that is built in stand in the place of that */
export function kindsOf(
  more: { readonly types: readonly ResourceType[]; readonly flavors: readonly Flavor[] },
  stage: Stage & { readonly runs: Run[] },
): Kinds {
  const makers = new Map<string, Maker>();
  const types = new Map<string, Type>();
  const tasks = new Map<string, TaskType>();
  for (const [name, type] of byName([...builtInTypes, ...more.types])) {
    if (type.known === "task") {
      tasks.set(name, simulatedTask(type, stage.runs));
      continue;
    }
    const maker = makerOf(type, stage);
    makers.set(name, maker);
    types.set(name, simulatedType(type, maker, stage.things));
  }
  const flavors = byName([...withoutOutside, ...more.flavors]);
  return {
    catalog: {
      type: (name, dialect) => types.get(dialect === "infrakit" ? ownName(INFRAKIT_TYPES, name) : name),
      flavor: (name, dialect) => flavors.get(dialect === "infrakit" ? ownName(INFRAKIT_FLAVORS, name) : name),
      task: (name) => tasks.get(name),
      taskNames: () => [...tasks.keys()],
      typeNames: () => [...types.keys()],
      flavorNames: () => [...flavors.keys()],
      onChange: () => () => undefined,
    },
    makerFor(name) {
      const maker = makers.get(name);
      if (maker !== undefined) return maker;
      const known = [...makers.keys()];
      const words = { name, nearest: didYouMean(nearest(name, known)), known: known.join(", ") };
      throw new MusterError("declaration.unknown-type", words);
    },
  };
}

function byName<T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((each) => [each.name, each]));
}
