/** Whether a declaration could ask for what somebody has to agree to. */
import type { Stack } from "@muster/model";
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
