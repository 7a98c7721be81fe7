/** Every command and option that the documents name is one that the command line knows. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const pages = globSync(["README.md", "ARCHITECTURE.md", "{docs,examples}/**/*.md", "packages/**/README.md"], {
  cwd: ROOT,
  exclude: ["**/node_modules/**", "docs/reference/commands.md"],
}).sort();
const help = helpByCommand(readFileSync(join(ROOT, "docs/reference/commands.md"), "utf8"));

it.each(pages)("%s names only commands and options that there are", (page) => {
  const named = commandsIn(readFileSync(join(ROOT, page), "utf8"));
  expect(named.flatMap((typed) => unknownIn(typed))).toEqual([]);
});

it("examples/operations-stories names only commands and options that there are", () => {
  const folder = join(ROOT, "examples/operations-stories");
  const texts = ["stories.yaml", "checks.yaml"].map((name) => readFileSync(join(folder, name), "utf8"));
  const lists = texts.flatMap((text) => [...text.matchAll(/\bcommand: \[(?<typed>muster, [^\]]+)\]/g)]);
  const lines = texts.flatMap((text) => [
    ...text.matchAll(/\bcommand: (?:"(?<quoted>muster [^"]+)"|(?<typed>muster [^,]+),)/g),
  ]);
  const typed = [...lists, ...lines].map(({ groups }) => groups?.["quoted"] ?? groups?.["typed"] ?? "");
  const words = typed.map((each) => each.replaceAll(",", "").split(" && ")[0] ?? "");
  expect(words).toContain("muster group describe web --at 1s");
  expect(words.flatMap((each) => unknownIn(each))).toEqual([]);
});

it("knows a command and an option that there are not", () => {
  expect(unknownIn("muster gruop ls")).toEqual(["muster gruop ls: gruop"]);
  expect(unknownIn("muster group lss")).toEqual(["muster group lss: lss"]);
  expect(unknownIn("muster group ls --colour")).toEqual(["muster group ls --colour: --colour"]);
  expect(unknownIn("muster apply FILE --yes --no-wait")).toEqual([]);
  expect(unknownIn("muster try shop.yaml --at-once 1")).toEqual([]);
  expect(unknownIn("muster group shop.yaml")).toEqual(["muster group shop.yaml: shop.yaml"]);
});

/** Command → what its help says; the reference is generated from the command line itself. */
function helpByCommand(reference: string): ReadonlyMap<string, string> {
  const sections = reference.split(/^## /m).slice(1);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf("\n")), section]));
}

/** What is typed in code of either kind: in a line, or at a prompt. */
function commandsIn(page: string): readonly string[] {
  const inline = [...page.matchAll(/`(?<typed>(npx )?muster [^`\n]+)`/g)].map(({ groups }) => groups?.["typed"] ?? "");
  const prompts = [...page.matchAll(/^\$ (?<typed>(npx )?muster .+)$/gm)].map(({ groups }) => groups?.["typed"] ?? "");
  return [...inline, ...prompts].map((typed) => typed.replace(/^npx /, "").split(/ [|<>;&]|;/)[0] ?? "");
}

function unknownIn(typed: string): readonly string[] {
  const [, ...words] = typed.split(" ").filter((word) => word !== "");
  const command = words.reduce((known, word) => (help.has(`${known} ${word}`) ? `${known} ${word}` : known), "muster");
  const text = help.get(command) ?? "";
  const next = words[command.split(" ").length - 1];
  // Behind a route stands one of its commands, or a word in capitals or an ellipsis for any of them; or a file, where it says so.
  const isFile = next !== undefined && /[./]/.test(next) && text.includes(`\`${command} FILE\` is \`${command} `);
  const stray = text.includes("\nCOMMANDS\n") && next !== undefined && /^[a-z]/.test(next) && !isFile ? [next] : [];
  const options = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.split("=")[0] ?? "");
  const missing = options.filter((option) => !text.includes(option.replace(/^--no-/, "--")));
  return [...stray, ...missing].map((each) => `${typed}: ${each}`);
}
