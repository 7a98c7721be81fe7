/** The checks that stand in a declaration, in the words of whom they are of, as those were seen. */
import { placeOf, selfOf } from "@muster/engine";
import {
  type Address,
  type Check,
  type CheckReference,
  type Json,
  resolveCheck,
  type Stack,
  type UNKNOWN,
} from "@muster/model";
import type { Assignment } from "../bind.ts";
import type { Glance } from "../glance.ts";
import type { Visited } from "../resources/visited.ts";

/** A check that can be asked; or, where something in it is not known, only told of. */
export interface CheckToAsk {
  readonly check: Check;
  /** Why it cannot be asked. */
  readonly unknown?: string;
}

type ValueOf = (reference: CheckReference) => Json | undefined;

/** Those of the whole stack that take something from its resources, and all of each resource. */
export function stackChecks({ checks, resources }: Stack, visited: readonly Visited[]): readonly CheckToAsk[] {
  const found = new Map(visited.map((each) => [each.address, each]));
  const valueAt = (address: Address, property: string): Json | undefined => {
    const of = found.get(address);
    // What a check speaks of is shown: nothing that is secret is put into one.
    if (of === undefined || of.secret.has(property)) return undefined;
    return known(of.valueOf(property));
  };
  const ofStack = checks
    .filter((check) => resolveCheck(check, () => undefined).unknown.length > 0)
    .map((check) => toAsk(check, undefined, (reference) => valueIn(reference, valueAt)));
  const ofResources = Object.values(resources).flatMap(({ address, checks: own }) =>
    own.map((check) =>
      toAsk(check, address, (reference) =>
        reference.of === "self" ? valueAt(address, reference.word) : valueIn(reference, valueAt),
      ),
    ),
  );
  return [...ofStack, ...ofResources];
}

function valueIn(
  reference: CheckReference,
  valueAt: (address: Address, property: string) => Json | undefined,
): Json | undefined {
  return reference.of === "resource" ? valueAt(reference.address, reference.property) : undefined;
}

function known(value: Json | typeof UNKNOWN): Json | undefined {
  return typeof value === "symbol" ? undefined : value;
}

/** Those of a group, once for each member that is there: in the order of their places. */
export function memberChecks({ stack, group }: Assignment, glanced: Glance): readonly CheckToAsk[] {
  if (group.checks.length === 0) return [];
  const place = placeOf({ stack, name: group.name });
  if (glanced.kind !== "seen" || glanced.moved !== undefined) {
    return group.checks.map((check) => ({ check: titled(check, place), unknown: "its members could not be seen" }));
  }
  const { look, memory, bound } = glanced;
  const members = look.members.filter(({ id }) => !memory.aside.includes(id));
  const inOrder = members.toSorted((a, b) => order(a.mark.slot ?? a.id, b.mark.slot ?? b.id));
  return inOrder.flatMap(({ id, mark }) => {
    const self: Readonly<Record<string, Json>> = { ...selfOf(bound.declared, mark) };
    const whose = `${place}/${mark.slot ?? id}`;
    return group.checks.map((check) =>
      toAsk(check, whose, (reference) => (reference.of === "self" ? self[reference.word] : undefined)),
    );
  });
}

function order(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function toAsk(check: Check, whose: string | undefined, value: ValueOf): CheckToAsk {
  const { check: resolved, unknown } = resolveCheck(check, value);
  const called = whose === undefined ? resolved : titled(resolved, whose);
  return unknown.length === 0
    ? { check: called }
    : { check: called, unknown: `${unknown.join(", ")} is not known, or is a secret` };
}

/** Whose it is stands before what a person called it. */
function titled(check: Check, whose: string): Check {
  return { ...check, title: check.title === undefined ? whose : `${whose}: ${check.title}` };
}
