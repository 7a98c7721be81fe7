/** Whether somebody has agreed to what a plan would do. Pure. */
import {
  type GroupPlan,
  isRefusal,
  MusterError,
  MusterErrors,
  type PlanStep,
  partsOfAddress,
  type ResourceStep,
  type StackPlan,
} from "@muster/model";
import type { SourceDocument } from "./source.ts";

/** Throws MusterErrors: every step that is impossible, or that nobody has agreed to. */
export function confirmAgreed({ groups, resources }: StackPlan, locate: SourceDocument["locate"]): void {
  const errors = [
    ...(resources?.steps ?? []).filter(isRefusal).flatMap((step) => refusalsOf(step, locate)),
    ...groups.flatMap((group) => refusalsOfGroup(group, locate)),
  ];
  const [first, ...others] = errors;
  if (first !== undefined) throw new MusterErrors([first, ...others]);
}

function refusalsOf(step: ResourceStep, locate: SourceDocument["locate"]): readonly MusterError[] {
  const { address, effect, why, held, next = "", changes } = step;
  const { type = "", name = "" } = partsOfAddress(address) ?? {};
  const path = ["resources", type, name];
  if (held !== undefined) {
    const code = held.reason === "protected" ? "resource.protected" : "resource.needs-consent";
    return [new MusterError(code, { address, detail: held.message, fix: next }, { place: locate(path, "key") })];
  }
  const never = changes.filter((change) => change.effect === "impossible" && effect === "impossible");
  // What cannot be made at all is no single property's fault.
  if (never.length === 0) {
    return [
      new MusterError("resource.impossible", { address, detail: why, fix: next }, { place: locate(path, "key") }),
    ];
  }
  return never.map((change) => {
    const words = { address, detail: change.reason ?? why, fix: change.next ?? next };
    return new MusterError("resource.impossible", words, { place: locate([...path, change.property], "value") });
  });
}

/** A group whose declaration is refused as such has steps without changes: whoever keeps it refuses that in its own words. */
function refusalsOfGroup(plan: GroupPlan, locate: SourceDocument["locate"]): readonly MusterError[] {
  const told = new Set<string>();
  return plan.steps.filter(isRefusal).flatMap((step) => {
    const errors = step.changes === undefined ? [] : refusalsOfStep(plan, step, step.changes, locate);
    // Members that are made and members that are replaced are refused for the same reason.
    return errors.filter(({ message }) => told.size < told.add(message).size);
  });
}

function refusalsOfStep(
  { group, type }: GroupPlan,
  { held, why, next = "" }: PlanStep,
  changes: NonNullable<PlanStep["changes"]>,
  locate: SourceDocument["locate"],
): readonly MusterError[] {
  const template = ["groups", group, "template", type];
  const code = held === undefined ? "group.impossible" : "group.needs-consent";
  const guilty = changes.filter(({ effect, irreversible }) =>
    held === undefined ? effect === "impossible" : irreversible === true,
  );
  if (guilty.length === 0) {
    return [new MusterError(code, { group, detail: why, fix: next }, { place: locate(template, "key") })];
  }
  return guilty.map(({ property, reason, next: out }) => {
    const words = { group, detail: held?.message ?? reason ?? why, fix: out ?? next };
    return new MusterError(code, words, { place: locate([...template, property], "value") });
  });
}
