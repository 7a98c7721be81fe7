/** What an InfraKit document calls Muster's own types and flavors; those that are not here it calls as Muster does. */
type Names = Readonly<Record<string, string>>;

export const INFRAKIT_TYPES: Names = { file: "instance-file" };
export const INFRAKIT_FLAVORS: Names = { "flavor-vanilla": "vanilla", "flavor-combo": "combo" };

/** Muster's name for what an InfraKit document calls so. */
export function ownName(names: Names, name: string): string {
  return Object.hasOwn(names, name) ? (names[name] ?? name) : name;
}
