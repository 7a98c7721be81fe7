/** Resources: what is declared of each is so, property by property. What is not declared is not asked. */
import { differencesOf } from "@muster/engine";
import { ownOf, type ResourceDeclaration } from "@muster/model";
import type { Declaration } from "@muster/store";
import type { Things } from "../checks/round.ts";
import type { BoundResource } from "../resources/bound.ts";
import { memoryOf, recallResources } from "../resources/memory.ts";
import { lookOver, type ResourcesPlanDeps } from "../resources/plan.ts";
import type { Seen } from "../resources/sight.ts";
import { taskOf } from "../resources/tended.ts";
import { thingsIn } from "../resources/to-check.ts";
import type { Witnessed } from "../resources/visit.ts";
import type { WantedNow } from "../resources/wanted.ts";
import { fail, PASS, type StateAnswer, type StateVerdict, unknown, value, words } from "./answer.ts";

/** The same pass that a plan makes, and what it saw of each. Nothing is touched, and nothing is written. */
export async function resourceAnswers(
  declared: Declaration,
  deps: ResourcesPlanDeps,
): Promise<{ readonly answers: readonly StateAnswer[]; readonly things: Things }> {
  const task = taskOf(declared, deps.grammar);
  const memory = memoryOf(await recallResources(deps.store, declared.stack, deps.clock.now()));
  const seen = new Map<string, Witnessed>();
  const { visited } = await lookOver(task, { stack: declared.stack, memory, isPending: () => false }, deps, (each) =>
    seen.set(each.bound.resource.address, each),
  );
  const answers = visited.flatMap(({ address, end }) => {
    const resource = task.tended.get(address)?.resource;
    if (resource === undefined) return [];
    const witnessed = seen.get(address);
    if (witnessed !== undefined) return answersOf(witnessed);
    return allUnknown(resource, end.kind === "untold" ? end.message : "it was not looked at");
  });
  const found = new Map(visited.map((each) => [each.address, each]));
  const things = thingsIn(
    () => task,
    (address) => found.get(address),
    deps,
    // Whoever asks for proof is told also what does not hold of one that is not as declared.
    () => true,
  );
  return { answers, things };
}

/** Nobody could even say what it is to be. */
function allUnknown(resource: ResourceDeclaration, reason: string): readonly StateAnswer[] {
  const { ensure, properties } = resource;
  const keys = ensure === "absent" ? [] : Object.keys(properties).filter((key) => !resource.ignore.includes(key));
  return ["exists", ...keys].map((property) => answer(resource, property, unknown(reason)));
}

function answersOf({ bound, want, seen }: Witnessed): readonly StateAnswer[] {
  const { resource } = bound;
  const hushed = seen.kind === "untold" ? { ...seen, reason: want.hushed(seen.trouble.message) } : seen;
  if (bound.known === "task") return [answer(resource, "done", doneOf(resource, hushed))];
  const exists = answer(resource, "exists", existsOf(resource, hushed));
  if (resource.ensure === "absent") return [exists];
  const properties = propertiesOf(bound, want);
  return [
    exists,
    ...properties.map((property) => answer(resource, property, verdictOf(property, bound, want, hushed))),
  ];
}

type Told = Exclude<Seen, { readonly kind: "untold" }> | { readonly kind: "untold"; readonly reason: string };

function answer({ type, name }: ResourceDeclaration, property: string, verdict: StateVerdict): StateAnswer {
  return { kind: type, subject: name, property, verdict };
}

/** What only names it was said already. */
function propertiesOf({ resource, type }: BoundResource, want: WantedNow): readonly string[] {
  const all = [...Object.keys(want.properties), ...Object.keys(want.unknown)];
  return all.filter((property) => {
    const isName = property === type.naming && !Object.hasOwn(resource.properties, property);
    return !isName && !resource.ignore.includes(property);
  });
}

function doneOf({ ensure }: ResourceDeclaration, seen: Told): StateVerdict {
  if (seen.kind === "untold") return unknown(seen.reason);
  const { sighting } = seen;
  return ensure === "absent" || sighting.kind !== "due" ? PASS : fail(value(true), words(`due: ${sighting.why}`));
}

function existsOf({ ensure }: ResourceDeclaration, seen: Told): StateVerdict {
  if (seen.kind === "untold") return unknown(seen.reason);
  const isThere = seen.sighting.kind === "there";
  if (isThere === (ensure === "present")) return PASS;
  const found = seen.sighting.kind === "other" ? words(seen.sighting.what) : value(isThere);
  return fail(value(ensure === "present"), found);
}

const SECRET = words("(secret)");

function verdictOf(property: string, bound: BoundResource, want: WantedNow, seen: Told): StateVerdict {
  if (seen.kind === "untold") return unknown(seen.reason);
  const reference = ownOf(want.unknown, property);
  if (reference !== undefined) return unknown(`${reference.text} is not known: ${reference.address} is not there`);
  const { traits, resource } = bound;
  const isHidden = want.secret.has(property) || traits.unreadable.has(property);
  const wanted = ownOf(want.properties, property) ?? null;
  const expected = isHidden ? SECRET : value(wanted);
  if (seen.sighting.kind !== "there") return fail(expected, words("it is not there"));
  const { observed } = seen.sighting;
  const is = ownOf(observed.properties, property);
  const isRead = traits.unreadable.has(property)
    ? observed.digests?.[property] !== undefined
    : is !== undefined && is !== null;
  if (!isRead) return unknown(want.hushed(observed.reason ?? `its provider does not show ${property}`));
  const differs = differencesOf(want, observed, resource.ignore, traits).some((each) => each.property === property);
  if (!differs) return PASS;
  return fail(expected, isHidden ? SECRET : value(is ?? null));
}
