/** Whether what a plan would do can be done, and somebody has agreed to what of it cannot be taken back. */
import type { SourceDocument } from "@muster/declaration";
import {
  isRefusal,
  MusterError,
  MusterErrors,
  partsOfAddress,
  type ResourceStep,
  type Stack,
  type StackPlan,
} from "@muster/model";
import type { Catalog } from "@muster/plugin";

/** False where nothing that the stack declares could be impossible, or need somebody's word: then nobody has to look first. */
export function mayBeRefused({ resources }: Stack, catalog: Catalog): boolean {
  return Object.values(resources).some(({ type: name, protect }) => {
    const type = catalog.type(name, "muster");
    if (type === undefined) return false;
    if (type.known === "tags" || protect || (type.irreversible?.length ?? 0) > 0) return true;
    return Object.entries(type.effects).some(([key, effect]) => {
      return effect === "impossible" || (effect === "replace" && key !== type.naming);
    });
  });
}

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
