/**
 * One pass over the resources of a stack: each is visited when all that it rests on has been, those that do not rest on each
 * other at the same time. `plan` and `drift` make the same pass without hands.
 */
import { type Address, inOrder } from "@muster/model";
import { resourceGraph } from "@muster/plugin";
import { typeNamed } from "./bound.ts";
import { goesOn, type Lasting, type Patience } from "./lasting.ts";
import type { ResourcesTask, Tended } from "./tended.ts";
import { type VisitDeps, visiting } from "./visit.ts";
import type { Visited } from "./visited.ts";
import { readOnce } from "./wanted.ts";

export interface PassDeps extends VisitDeps {
  /** Visits of earlier passes; missing: there are none. */
  readonly lasting?: Pick<Lasting, "isUnderWay" | "blindness">;
  /** How long visits are waited for; missing: until they end. */
  readonly patience?: Patience;
}

/** All of them, in the order in which they are begun. Throws what a visit throws, when all have ended. */
export async function passOver(task: ResourcesTask, deps: PassDeps): Promise<readonly Visited[]> {
  const resources = Object.fromEntries([...task.tended].map(([address, { resource }]) => [address, resource]));
  const graph = resourceGraph(resources, ({ type }) => typeNamed(deps.catalog, type));
  // Those whose values somebody else takes are read once more when they have been made.
  const referenced = new Set([...graph.values()].flatMap((before) => [...before]));
  const visit = visiting(task, { ...deps, ...readOnce(deps), isReferenced: (address) => referenced.has(address) });
  const visits = new Map<Address, Promise<Visited>>();
  for (const address of inOrder(graph)) {
    const tended = task.tended.get(address);
    if (tended === undefined) continue;
    const before = [...(graph.get(address) ?? [])].flatMap((each) => visits.get(each) ?? []);
    visits.set(address, begin(tended, before));
  }

  function begin({ resource, fate }: Tended, before: readonly Promise<Visited>[]): Promise<Visited> {
    const { address } = resource;
    if (deps.lasting?.isUnderWay(address) === true) return Promise.resolve(goesOn(address));
    const blind = deps.lasting?.blindness(address);
    if (blind !== undefined) return Promise.resolve(blind);
    const visited = Promise.all(before).then((earlier) => visit({ resource, fate }, earlier));
    return deps.patience?.with(address, visited) ?? visited;
  }

  const results = await Promise.allSettled(visits.values());
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
