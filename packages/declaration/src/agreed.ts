/** Whether somebody has agreed to what a plan would do. Pure. */
import { isRefusal, MusterError, MusterErrors, partsOfAddress, type ResourceStep, type StackPlan } from "@muster/model";
import type { SourceDocument } from "./source.ts";

/** Throws MusterErrors: every step that is impossible, or that nobody has agreed to. */
export function confirmAgreed({ resources }: StackPlan, locate: SourceDocument["locate"]): void {
  const errors = (resources?.steps ?? []).filter(isRefusal).flatMap((step) => refusalsOf(step, locate));
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
