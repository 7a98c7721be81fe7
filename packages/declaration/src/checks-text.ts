/** Checks as a file of checks. */
import type { Check } from "@muster/checks";
import type { Json, JsonObject } from "@muster/model";
import { type EntryLanguage, valueText } from "./entries.ts";

/**
 * Whole lines; of TypeScript, with what has to be imported.
 *
 * @param checks those whose statements are values: what is written for other matchers is not known here
 */
export async function checksText(checks: readonly Check[], language: EntryLanguage): Promise<string> {
  switch (language) {
    case "json":
      return `${JSON.stringify({ checks: checks.map(entryOf) }, undefined, 2)}\n`;
    case "ts":
      return typescriptText(checks);
    case "yaml": {
      const { Document } = await import("yaml");
      const { yamlOf } = await import("./entries-yaml.ts");
      return yamlOf(new Document({ checks: checks.map(entryOf) }));
    }
  }
}

function entryOf({ kind, subject, title, options, statements }: Check): JsonObject {
  const said = statements.map(({ property, matcher }): [string, Json] => {
    if (matcher.word !== "equals") throw new Error(`${matcher.word} is no value`);
    return [property, matcher.value];
  });
  return { [kind]: subject, ...(title === undefined ? {} : { title }), ...options, ...Object.fromEntries(said) };
}

function typescriptText(checks: readonly Check[]): string {
  const lines = checks.map((check) => {
    const { kind, subject, title, options, statements } = check;
    const entry = entryOf(check);
    const how = { ...(title === undefined ? {} : { title }), ...options };
    const words = [subject, ...(Object.keys(how).length === 0 ? [] : [how])].map((each) => valueText(each, "    "));
    const said = statements.map(({ property }) => {
      const value = entry[property] ?? null;
      return `.${property}(${value === true ? "" : inLine(value)})`;
    });
    const named = kind.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return `    check.${named}(${words.join(", ")})${said.join("")},\n`;
  });
  return `import { check } from "@muster/sdk";\n\nexport default {\n  checks: [\n${lines.join("")}  ],\n};\n`;
}

function inLine(value: Json): string {
  return Array.isArray(value)
    ? `[${value.map((each: Json) => JSON.stringify(each)).join(", ")}]`
    : JSON.stringify(value);
}
