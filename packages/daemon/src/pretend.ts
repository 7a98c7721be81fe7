/** What a declaration would do to each group, in InfraKit's sentences. Counts only: nothing is looked at for it. */
import { stackOf } from "@muster/declaration";
import {
  changeable,
  type Document,
  type GroupDeclaration,
  type JsonObject,
  type MemberStatus,
  ownOf,
  sameJson,
  slotCount,
} from "@muster/model";
import { type Catalog, groupRevision } from "@muster/plugin";
import type { StackKeeper } from "@muster/runtime";

export interface Comparison {
  readonly before: Document | undefined;
  readonly document: Document;
  /** Knows the members, where this process keeps the stack. */
  readonly keeper: StackKeeper | undefined;
  readonly catalog: Catalog;
}

/** By group; undefined for one to which nothing would happen. */
export function whatWouldHappen(comparison: Comparison): Readonly<Record<string, string | undefined>> {
  const { before, document, catalog } = comparison;
  const was = before === undefined ? {} : stackOf(before).groups;
  const now = stackOf(document).groups;
  const kept = Object.values(now).map((group): [string, string | undefined] => {
    const old = ownOf(was, group.name);
    if (old === undefined || before === undefined) return [group.name, `Managing ${instances(slotCount(group.slots))}`];
    const [from, to] = [natureOf(old, before.dialect, catalog), natureOf(group, document.dialect, catalog)];
    return [group.name, change(old, group, from, to, membersOf(comparison.keeper, group.name))];
  });
  const released = Object.values(was)
    .filter(({ name }) => !Object.hasOwn(now, name))
    .map(({ name, slots }): [string, string] => [name, `Releasing ${instances(slotCount(slots))}: they stay`]);
  return Object.fromEntries([...kept, ...released]);
}

/** What of a group decides whether its members are replaced or changed. */
interface Nature {
  readonly revision: string;
  readonly changeable: JsonObject;
}

function natureOf(group: GroupDeclaration, dialect: Document["dialect"], catalog: Catalog): Nature {
  const effects = catalog.type(group.template.name, dialect)?.effects ?? {};
  const flavor = catalog.flavor(group.flavor.name, dialect) ?? { effects: {} };
  return {
    revision: groupRevision(group, effects, flavor),
    changeable: changeable(group.template.properties, effects),
  };
}

function change(
  old: GroupDeclaration,
  group: GroupDeclaration,
  from: Nature,
  to: Nature,
  members: readonly MemberStatus[],
): string | undefined {
  const [before, after] = [slotCount(old.slots), slotCount(group.slots)];
  const kept = Math.min(before, after);
  const seen = members.filter(({ revision }) => revision !== to.revision).length;
  const outdated = from.revision === to.revision ? seen : kept;
  const amended = outdated === 0 && !sameJson(from.changeable, to.changeable) ? kept : 0;
  const steps = [
    before > after ? `terminating ${instances(before - after)} to reduce the group size to ${after}` : "",
    outdated > 0 ? `performing a rolling update on ${instances(outdated)}` : "",
    amended > 0 ? `changing ${instances(amended)} in place` : "",
    after > before ? `adding ${instances(after - before)} to increase the group size to ${after}` : "",
  ].filter((step) => step !== "");
  if (steps.length === 0) return renamed(old, group);
  const sentence = steps.join(", then ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** As many members as before, and others. */
function renamed(old: GroupDeclaration, group: GroupDeclaration): string | undefined {
  if (sameJson({ ...old.slots }, { ...group.slots })) return undefined;
  return "Replacing members that are no longer named";
}

function membersOf(keeper: StackKeeper | undefined, group: string): readonly MemberStatus[] {
  return keeper?.groups().some(({ name }) => name === group) ? keeper.members(group) : [];
}

function instances(count: number): string {
  return `${count} ${count === 1 ? "instance" : "instances"}`;
}
