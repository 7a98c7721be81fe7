/** The checks that stand in a declaration, in the words of whom they are of, as those were seen; and whom they are asked of. */
import type { Whom } from "@muster/checks";
import { placeOf } from "@muster/engine";
import { type Check, type ResolvedCheck, resolveCheck, type Stack } from "@muster/model";
import type { Assignment } from "../bind.ts";
import { watchedIn } from "../checks/declared.ts";
import { checksOfMember } from "../checks/of-member.ts";
import { resolvedOf, type Things, whomAt } from "../checks/round.ts";
import { whomOf } from "../checks/whom.ts";
import type { Glance } from "../glance.ts";

/** A check that can be asked; or, where something in it is not known, only told of. */
export interface CheckToAsk {
  readonly check: Check;
  /** Missing of a check of the whole stack: of whom that is asked, the asker says. */
  readonly whom?: Whom;
  /** Why it cannot be asked. */
  readonly unknown?: string;
}

/** Those of the whole stack that take something from its resources, and all of each resource. */
export async function stackChecks(stack: Stack, things: Things): Promise<readonly CheckToAsk[]> {
  const bound = watchedIn(stack).filter(({ resource, check }) => resource !== undefined || takesAnything(check));
  return Promise.all(
    bound.map(async (watched) => {
      const { resource, check } = watched;
      if (resource === undefined) return toAsk(resolvedOf(watched, things));
      const whom = await whomAt(things, resource);
      if (typeof whom === "string") return { check: titled(check, resource), unknown: whom };
      return toAsk(resolvedOf(watched, things), resource, whom);
    }),
  );
}

function takesAnything(check: Check): boolean {
  return resolveCheck(check, () => undefined).unknown.length > 0;
}

/** Those of a group, once for each member that is there: in the order of their places. */
export function memberChecks({ stack, group }: Assignment, glanced: Glance): readonly CheckToAsk[] {
  if (group.checks.length === 0) return [];
  const place = placeOf({ stack, name: group.name });
  if (glanced.kind !== "seen" || glanced.moved !== undefined) {
    return group.checks.map((check) => ({ check: titled(check, place), unknown: "its members could not be seen" }));
  }
  const { look, memory, bound } = glanced;
  const { type, provider, treatments } = bound;
  const members = look.members.filter(({ id }) => !memory.aside.includes(id));
  const inOrder = members.toSorted((a, b) => order(a.mark.slot ?? a.id, b.mark.slot ?? b.id));
  return inOrder.flatMap(({ id, mark }) => {
    const whom = whomOf(type, type.local, provider, id);
    const whose = `${place}/${mark.slot ?? id}`;
    return checksOfMember(treatments.declared, mark).map((resolved) => toAsk(resolved, whose, whom));
  });
}

function order(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function toAsk({ check, unknown }: ResolvedCheck, whose?: string, whom?: Whom): CheckToAsk {
  const called = whose === undefined ? check : titled(check, whose);
  const asked = { check: called, ...(whom === undefined ? {} : { whom }) };
  return unknown.length === 0 ? asked : { ...asked, unknown: `${unknown.join(", ")} is not known, or is a secret` };
}

/** Whose it is stands before what a person called it. */
function titled(check: Check, whose: string): Check {
  return { ...check, title: check.title === undefined ? whose : `${whose}: ${check.title}` };
}
