import type { GroupDeclaration, Stack } from "@muster/model";
import { INFRAKIT_TYPES, ownName } from "@muster/plugin";
import { type ProviderSettings, settingsFor } from "@muster/runtime";

/** `stack shop · instance-file in /srv/instances · file`: what is made, and where. */
export function whereabouts(stack: Stack, settings: ProviderSettings): string {
  return [`stack ${stack.name}`, ...placesOf(stack, settings)].join(" · ");
}

/** Each type of the stack's groups, with the directory it works in where it has one. */
export function placesOf(stack: Stack, { defaults, overrides }: ProviderSettings): readonly string[] {
  const types = new Set(Object.values(stack.groups).map(typeOf));
  return [...types].map((type) => {
    const settings = settingsFor(type, stack.providers, defaults, overrides);
    const where = settings["dir"] ?? settings["root"];
    return typeof where === "string" ? `${type} in ${where}` : type;
  });
}

function typeOf({ template, marking }: GroupDeclaration): string {
  return marking.kind === "infrakit" ? ownName(INFRAKIT_TYPES, template.name) : template.name;
}
