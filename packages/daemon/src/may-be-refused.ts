/** Whether a declaration could ask for what cannot be, or what somebody has to agree to. Pure. */
import type { Document, Stack } from "@muster/model";
import type { Catalog } from "@muster/plugin";

/** False where nothing that the stack declares could be impossible, or need somebody's word: then nobody has to look first. */
export function mayBeRefused({ groups, resources }: Stack, dialect: Document["dialect"], catalog: Catalog): boolean {
  const asksOfGroups = Object.values(groups).some(({ template }) => {
    const type = catalog.type(template.name, dialect);
    return type?.assesses === true || (type?.irreversible?.length ?? 0) > 0;
  });
  if (asksOfGroups) return true;
  return Object.values(resources).some(({ type: name, protect }) => {
    const type = catalog.type(name, "muster");
    if (type === undefined) return false;
    if (type.known === "tags" || protect || (type.irreversible?.length ?? 0) > 0) return true;
    return Object.entries(type.effects).some(([key, effect]) => {
      return effect === "impossible" || (effect === "replace" && key !== type.naming);
    });
  });
}
