/**
 * What a declaration says of its state, asked of reality: of each resource and of each group, by the same looks that a plan
 * and the telling of drift make. Nothing is touched, and nothing is written.
 */
import type { Document } from "@muster/model";
import type { Declaration } from "@muster/store";
import { assignmentsOf } from "../assignments.ts";
import { planFiles } from "../front/plan.ts";
import { type Glance, glance } from "../glance.ts";
import { type PlanDeps, standingIn } from "../plan.ts";
import { openProviders, toLook } from "../providers.ts";
import type { StateAnswer } from "./answer.ts";
import { type CheckToAsk, memberChecks, stackChecks } from "./checks.ts";
import { frontAnswers } from "./fronts.ts";
import { groupAnswers } from "./groups.ts";
import { resourceAnswers } from "./resources.ts";

/** What is asked about: the document itself, whether anybody has declared it yet or not. */
export interface StateAsked {
  readonly document: Document;
  readonly source: string;
  /** What was declared last, if anything: members of its versions are known by it. */
  readonly before: Declaration | undefined;
}

/** Those who are asked from inside can be asked until it is disposed of. */
export interface State extends AsyncDisposable {
  readonly answers: readonly StateAnswer[];
  /** The checks that are declared, of whom they are of. */
  readonly checks: readonly CheckToAsk[];
}

export async function stateOf({ document, source, before }: StateAsked, deps: PlanDeps): Promise<State> {
  const { grammar, settings } = deps;
  const { generation = 0, former = {} } = before ?? {};
  const stack = grammar.stackOf(document);
  const declared: Declaration = { stack: stack.name, document, source, generation, former, steering: {} };
  await using parts = new AsyncDisposableStack();
  const providers = parts.adopt(openProviders(deps.io, toLook), (each) => each.close());
  const groups: StateAnswer[] = [];
  const ofMembers: CheckToAsk[] = [];
  const glances = new Map<string, Glance>();
  for (const assignment of assignmentsOf(declared, grammar, settings).values()) {
    const glanced = await glance(assignment, providers, deps);
    glances.set(assignment.group.name, glanced);
    groups.push(...groupAnswers(assignment, glanced));
    ofMembers.push(...memberChecks(assignment, glanced));
  }
  const standingOf = (group: string) => standingIn(glances.get(group), deps);
  const fronts = frontAnswers(await planFiles(stack, undefined, { ...deps, providers, standingOf }));
  const resources = await resourceAnswers(declared, { ...deps, providers, env: deps.env ?? {} });
  const ofStack = await stackChecks(stack, resources.things);
  const opened = parts.move();
  return {
    answers: [...resources.answers, ...fronts, ...groups],
    checks: [...ofStack, ...ofMembers],
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
