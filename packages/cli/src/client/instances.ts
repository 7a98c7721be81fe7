/** The instances of the groups that are being kept, and which of them a person means. */
import type { GroupDetail } from "@muster/daemon";
import { didYouMean, type MemberStatus, MusterError, nearest } from "@muster/model";
import type { Environment } from "../cli.ts";
import type { Api, InstancePlace } from "./api.ts";
import { findGroup, type KeptGroup, keptGroups } from "./holders.ts";

/** An instance, its group, and who keeps it. One that is only being made has no id yet. */
export interface KeptInstance {
  readonly api: Api;
  readonly group: GroupDetail;
  readonly member: MemberStatus;
}

/** One that has an id, and so can be asked. */
export interface NamedInstance extends KeptInstance {
  readonly place: InstancePlace;
}

export interface KeptInstances {
  readonly instances: readonly KeptInstance[];
  /** Why some of whom more is kept did not answer. */
  readonly failures: readonly unknown[];
}

/** Those of one group, or of all. Throws as `findGroup` does. */
export async function keptInstances(env: Environment, group?: string): Promise<KeptInstances> {
  if (group !== undefined) return { instances: await instancesIn(await findGroup(env, group)), failures: [] };
  const { groups, failures } = await keptGroups(env);
  const asked = await Promise.allSettled(groups.map(instancesIn));
  return {
    instances: asked.flatMap((each) => (each.status === "fulfilled" ? each.value : [])),
    failures: [...failures, ...asked.flatMap((each): unknown[] => (each.status === "rejected" ? [each.reason] : []))],
  };
}

async function instancesIn({ api, view }: KeptGroup): Promise<readonly KeptInstance[]> {
  const group = await api.group(view.stack, view.name);
  return group.members.map((member) => ({ api, group, member }));
}

/**
 * Finds an instance by its id, by its group and place (`web/0`, `shop/web/0`), or by how its id begins. Throws
 * `instance.unknown` and `instance.ambiguous`.
 */
export async function findInstance(env: Environment, wanted: string): Promise<NamedInstance> {
  const { instances, failures } = await keptInstances(env);
  const known = instances.flatMap(named);
  const [found, other] = meantBy(wanted, known);
  // It may be with one that did not answer.
  if (found === undefined && failures.length > 0) throw failures[0];
  if (found === undefined) {
    const names = known.flatMap((each) => [each.place.id, ...placesOf(each)]);
    throw new MusterError("instance.unknown", { instance: wanted, nearest: didYouMean(nearest(wanted, names)) });
  }
  if (other === undefined) return found;
  const ids = meantBy(wanted, known).map(({ group, place }) => `${place.id} (${group.stack}/${group.name})`);
  throw new MusterError("instance.ambiguous", { instance: wanted, instances: shortened(ids) });
}

function named(instance: KeptInstance): readonly NamedInstance[] {
  const { group, member } = instance;
  if (member.id === undefined) return [];
  return [{ ...instance, place: { stack: group.stack, group: group.name, id: member.id } }];
}

/** The clearest first: what begins like an id may be another one's whole id. */
function meantBy(wanted: string, known: readonly NamedInstance[]): readonly NamedInstance[] {
  const ways = [
    (each: NamedInstance) => each.place.id === wanted,
    (each: NamedInstance) => placesOf(each).includes(wanted),
    (each: NamedInstance) => wanted !== "" && each.place.id.startsWith(wanted),
  ];
  return ways.map((isMeant) => known.filter(isMeant)).find(({ length }) => length > 0) ?? [];
}

function placesOf({ group, member: { slot } }: NamedInstance): readonly string[] {
  return slot === "" ? [] : [`${group.name}/${slot}`, `${group.stack}/${group.name}/${slot}`];
}

/** So many are named. */
const NAMED = 5;

function shortened(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
