/** What would happen to the resources of a stack. Nothing is touched, and nothing is written. */
import {
  type Address,
  hashPlain,
  isObject,
  type Json,
  ownOf,
  type ReleasedResource,
  type ResourceDeclaration,
  type ResourcesPlan,
  type Stack,
  sameJson,
} from "@muster/model";
import { type Declaration, NO_RESOURCE_STEERING, type Store } from "@muster/store";
import type { Clock, Grammar } from "../ports.ts";
import type { BindDeps } from "./bound.ts";
import { memoryOf, type ResourcesMemory, recallResources } from "./memory.ts";
import { passOver } from "./pass.ts";
import { findPurged } from "./purge.ts";
import { openSight, type Sight } from "./sight.ts";
import { type ResourcesTask, taskOf } from "./tended.ts";
import { openTurns } from "./turns.ts";
import type { VisitDeps } from "./visit.ts";
import type { Visited } from "./visited.ts";
import type { Secrets } from "./wanted.ts";

export interface ResourcesPlanDeps extends BindDeps, Secrets {
  readonly store: Store;
  readonly clock: Clock;
  readonly grammar: Grammar;
}

/** @param was what the stack was declared to be before */
export async function planResources(
  next: Declaration,
  was: Stack | undefined,
  deps: ResourcesPlanDeps,
): Promise<ResourcesPlan | undefined> {
  const { store, clock, grammar } = deps;
  const task = taskOf(next, grammar);
  const released = releasedOf(next, grammar);
  if (task.tended.size === 0 && released.length === 0 && Object.keys(task.purge).length === 0) return undefined;
  const memory = memoryOf(await recallResources(store, next.stack, clock.now()));
  const changed = new Set(changedResources(was, grammar.stackOf(next.document)));
  const isPending = (address: Address) => changed.has(address) || memory.of(address).pending !== undefined;
  const { visited, sight } = await lookOver(task, { stack: next.stack, memory, isPending }, deps);
  const purged = await findPurged(task, visited, { ...deps, sight });
  const untold = visited.flatMap(({ address, end }) => {
    if (end.kind !== "untold") return [];
    return [{ address, trouble: { reason: end.reason, message: end.message } }];
  });
  const told = {
    steps: [...visited.flatMap(({ step }) => step ?? []), ...purged.doomed.map(({ step }) => step)],
    unchanged: visited.filter(({ end }) => end.kind === "kept").length,
    untold: [...untold, ...purged.untold.map(({ address, ...trouble }) => ({ address, trouble }))],
    released,
    unmanaged: purged.listed,
  };
  return { ...told, digest: digestOf(task, visited, told) };
}

/** A pass without hands: nothing is begun, and nothing waits. */
export async function lookOver(
  task: ResourcesTask,
  {
    stack,
    memory,
    isPending,
  }: { readonly stack: string; readonly memory: ResourcesMemory } & Pick<VisitDeps, "isPending">,
  deps: ResourcesPlanDeps,
  witness: VisitDeps["witness"] = () => undefined,
): Promise<{ readonly visited: readonly Visited[]; readonly sight: Sight }> {
  const { store, clock } = deps;
  const turns = openTurns();
  const isTended = (address: Address) => task.tended.has(address);
  const sight = openSight({ stack, store, clock, turns, memory, isTended });
  const visited = await passOver(task, {
    ...deps,
    ...{ sight, turns, memory, isPending, witness },
    restingBecause: () => undefined,
    missedSince: (_, lookedAt) => lookedAt,
    hasWaitedLong: () => false,
  });
  return { visited, sight };
}

/** Whatever would make another plan makes another digest: what is declared, and what was seen of it. */
function digestOf(task: ResourcesTask, visited: readonly Visited[], told: object): string {
  const declared = [...task.tended.values()].map(({ resource, fate }) => ({ ...madeOf(resource), fate }));
  const seen = visited.map(({ address, id }) => [address, id ?? null]);
  return hashPlain({ declared, seen, told, allow: [...task.allow] }).slice(0, 40);
}

function releasedOf({ resources }: Declaration, grammar: Pick<Grammar, "stackOf">): readonly ReleasedResource[] {
  const { released } = resources ?? NO_RESOURCE_STEERING;
  return Object.entries(released).flatMap(([address, { document, prune }]) => {
    return prune ? [] : [{ address, protect: ownOf(grammar.stackOf(document).resources, address)?.protect ?? false }];
  });
}

/** Those that are declared otherwise than before, or for the first time. */
export function changedResources(was: Stack | undefined, now: Stack): readonly Address[] {
  return Object.values(now.resources).flatMap((resource) => {
    const before = was && ownOf(was.resources, resource.address);
    return before !== undefined && sameJson(asJson(madeOf(before)), asJson(madeOf(resource))) ? [] : [resource.address];
  });
}

/** Its checks say nothing of how it is made. */
function madeOf({ checks: _, ...made }: ResourceDeclaration): Omit<ResourceDeclaration, "checks"> {
  return made;
}

function asJson(value: unknown): Json {
  return isObject(value) ? value : null;
}
