import { KINDS, type Kind, type Option, subjectMeaning, WORDS, type WordMeaning } from "@muster/checks";

/** The kinds of checks and the words of matchers, from their table. */
export function checksPage(): string {
  return `# Kinds of checks

A check is a kind with its subject, how it is asked, and what must hold: one property at least. \`title\` is what it is called in
reports. [The guide](../guide/checks.md) shows how they are written and run.

${Object.entries<Kind>(KINDS)
  .map(([name, kind]) => kindEntry(name, kind))
  .join("\n")}
# Matchers

Of a property stands the value that it is to be, or a mapping of these words, of which all must hold.

| word | of | says | takes |
| --- | --- | --- | --- |
${Object.entries<WordMeaning>(WORDS)
  .map(([word, { of, meaning, takes }]) => `| \`${word}\` | ${of.join(", ")} | ${meaning} | ${takes} |`)
  .join("\n")}

A \`content\` is a text that is looked into: equality takes no account of the end of its last line where the wanted text has none. \`texts\`
are equal in any order. Of a \`record\` stands a mapping of names to matchers of texts. \`any\` is a value inside of JSON, YAML or an
ini file: a path is written \`a.b[0]\`, a key with dots in it \`["a.b"]\`.
`;
}

function kindEntry(name: string, { summary, subject, options, properties, asking }: Kind): string {
  const where = asking.where === "here" ? "Asked from here, whatever the target is." : "Asked of each target.";
  const rows = Object.entries(properties).map(
    ([property, { is, meaning }]) => `| \`${property}\` | ${is} | ${meaning} |`,
  );
  const how = Object.entries(options).map(
    ([option, { is, meaning }]) => `| \`${option}\` | ${formOf(is)} | ${meaning} |`,
  );
  return `## ${name}

${summary}. ${where} The subject: ${subjectMeaning(subject)}.

| property | is | meaning |
| --- | --- | --- |
${rows.join("\n")}
${how.length === 0 ? "" : `\nHow it is asked:\n\n| option | is | meaning |\n| --- | --- | --- |\n${how.join("\n")}\n`}`;
}

function formOf(is: Option["is"]): string {
  return typeof is === "string" ? is : is.map((word) => `\`${word}\``).join(", ");
}
