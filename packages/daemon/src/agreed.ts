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
