import { propertiesOf, type Schema } from "@muster/plugin";

/** The properties of a schema as a table; `extra` adds a column. */
export function schemaTable(
  schema: Schema<unknown & object>,
  extra?: { title: string; of: (property: string) => string },
): string {
  const properties = propertiesOf(schema);
  if (properties.length === 0) return "Nothing.";
  const rows = properties.map(({ name, kind, required, meaning }) => {
    const cells = [`\`${name}\``, kind, required ? "yes" : "", meaning];
    return `| ${[...cells, ...(extra ? [extra.of(name)] : [])].join(" | ")} |`;
  });
  const titles = ["name", "kind", "required", "meaning", ...(extra ? [extra.title] : [])];
  return [`| ${titles.join(" | ")} |`, `|${" --- |".repeat(titles.length)}`, ...rows].join("\n");
}
