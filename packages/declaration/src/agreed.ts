/** Whether somebody has agreed to what a plan would do. Pure. */
import { isRefusal, MusterError, MusterErrors, partsOfAddress, type ResourceStep, type StackPlan } from "@muster/model";
import type { SourceDocument } from "./source.ts";

/** Throws MusterErrors: every step that is impossible, or that nobody has agreed to. */
export function confirmAgreed({ resources }: StackPlan, locate: SourceDocument["locate"]): void {
  const errors = (resources?.steps ?? []).filter(isRefusal).map((step) => refusalOf(step, locate));
  const [first, ...others] = errors;
  if (first !== undefined) throw new MusterErrors([first, ...others]);
}

function refusalOf(
  { address, effect, why, held, next, changes }: ResourceStep,
  locate: SourceDocument["locate"],
): MusterError {
  const { type = "", name = "" } = partsOfAddress(address) ?? {};
  const key = changes.find((change) => effect === "impossible" && change.effect === "impossible")?.property;
  const path = ["resources", type, name, ...(key === undefined ? [] : [key])];
  const code =
    effect === "impossible"
      ? "resource.impossible"
      : held?.reason === "protected"
        ? "resource.protected"
        : "resource.needs-consent";
  return new MusterError(
    code,
    { address, detail: held?.message ?? why, fix: next ?? "" },
    { place: locate(path, "key") },
  );
}
