import type { GroupDeclaration, Stack } from "@muster/model";
import { INFRAKIT_TYPES, ownName, type Type } from "@muster/plugin";
import { type GivenSettings, settingsFor } from "@muster/runtime";

/** `stack shop · instance-file in /srv/instances · file`: what is made, and where. */
export function whereabouts(stack: Stack, given: GivenSettings, types: readonly Type[]): string {
  return [`stack ${stack.name}`, ...placesOf(stack, given, types)].join(" · ");
}

/** Each type of the stack's groups, with the directory it works in where it has one. */
export function placesOf(stack: Stack, given: GivenSettings, types: readonly Type[]): readonly string[] {
  const names = new Set(Object.values(stack.groups).map(typeOf));
  return [...names].map((name) => {
    const type = types.find((each) => each.name === name);
    const settings = settingsFor(type ?? { name }, stack.providers, given);
    const read = type?.settings.safeParse(settings);
    const { dir, root }: Record<string, unknown> = read?.success === true ? { ...read.data } : settings;
    const where = dir ?? root;
    return typeof where === "string" ? `${name} in ${where}` : name;
  });
}

function typeOf({ template, marking }: GroupDeclaration): string {
  return marking.kind === "infrakit" ? ownName(INFRAKIT_TYPES, template.name) : template.name;
}
