/** Of a plan, what would put right what nobody declared otherwise, and what somebody did. Pure. */

import { isDeepStrictEqual } from "node:util";
import type { GroupPlan, ResourcesPlan, StackPlan } from "@muster/model";

/** How a stack differs from its declaration. */
export interface StackDrift {
  readonly stack: string;
  /** What is declared now; 0: nothing was, and the file is taken for it. */
  readonly generation: number;
  readonly drifted: boolean;
  /** What would put right what has drifted. */
  readonly drift: StackPlan;
  /** What the file says otherwise than what is declared, and what is declared and not carried through yet. */
  readonly intended?: StackPlan;
}

/** The file says what is declared; or nothing is declared, and the file is all there is. */
export function isDeclaredSo({ changed, generation }: StackPlan): boolean {
  return !changed || generation === 0;
}

/** Only what is declared as it was and differs all the same. */
export function driftedPart(plan: StackPlan): StackPlan {
  const { files, resources } = plan;
  return {
    ...plan,
    groups: plan.groups.filter(differs),
    ...(files === undefined
      ? {}
      : { files: files.filter(({ effect }) => effect === "create" || effect === "in-place") }),
    ...(resources === undefined ? {} : { resources: ofCause(resources, "corrective", plan.generation) }),
  };
}

/** Nothing that was looked at is otherwise than declared; what could not be looked at is not told of here. */
export function hasDrifted({ groups, files = [], resources }: StackPlan): boolean {
  return groups.some(({ steps }) => steps.length > 0) || files.length > 0 || (resources?.steps.length ?? 0) > 0;
}

/** What is left of a plan without what has drifted; undefined where that is nothing. */
export function intendedPart(plan: StackPlan, drift: StackPlan): StackPlan | undefined {
  const groups = plan.groups.filter((group) => !isTold(group, drift));
  const files = plan.files?.filter((file) => !(drift.files ?? []).some((each) => isDeepStrictEqual(each, file)));
  const resources = plan.resources && withoutDrifted(plan.resources, drift);
  const isChanged = plan.changed && plan.generation > 0;
  const hasSteps = (resources?.steps.length ?? 0) > 0;
  if (!isChanged && !hasSteps) return undefined;
  return {
    ...plan,
    groups: isChanged ? groups : [],
    ...(files === undefined ? {} : { files: isChanged ? files : [] }),
    ...(resources === undefined ? {} : { resources }),
  };
}

function differs({ steps, held, untold }: GroupPlan): boolean {
  return steps.length > 0 || held !== undefined || untold !== undefined;
}

/** A group of which the file says nothing else has drifted, and that was told. */
function isTold({ group, declared }: GroupPlan, drift: StackPlan): boolean {
  return declared === "unchanged" && drift.groups.some((each) => each.group === group);
}

/** Where nothing was declared before, whatever differs differs from the file. */
function ofCause(plan: ResourcesPlan, cause: "corrective", generation: number): ResourcesPlan {
  return generation === 0 ? plan : { ...plan, steps: plan.steps.filter((step) => step.cause === cause) };
}

function withoutDrifted(plan: ResourcesPlan, drift: StackPlan): ResourcesPlan {
  const drifted = drift.resources?.steps ?? [];
  const steps = plan.steps.filter((step) => {
    const { address, cause, changes } = step;
    const isTold = drifted.some((each) => each.address === address && isDeepStrictEqual(each.changes, changes));
    return cause === "intentional" && !isTold;
  });
  // What is listed, and not done, was told with the drift.
  return { ...plan, steps, untold: [], released: [], unmanaged: [] };
}
