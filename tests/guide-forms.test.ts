/** The page of resources: what it shows in YAML and in TypeScript is the same declaration, and it leaves out no word. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { documentOf, readDocument, stackOf } from "@muster/declaration";
import { expect, it, onTestFinished } from "vitest";
import { OWN_WORDS } from "../packages/declaration/src/own-words.ts";

const PAGE = join(import.meta.dirname, "../docs/guide/resources.md");

it("is one declaration of resources in both", { timeout: 30_000 }, async () => {
  const page = readFileSync(PAGE, "utf8");
  const [yaml, typescript] = await Promise.all(["yaml", "ts"].map((language) => declaredIn(page, language)));
  expect(Object.keys(yaml?.resources ?? {})).toHaveLength(3);
  expect(typescript).toEqual(yaml);
});

it("tells every word of Muster's own that a resource can have", () => {
  const rows = [...readFileSync(PAGE, "utf8").matchAll(/^\| `(\w+)` \|/gm)].map(([, word]) => word);
  expect(rows.toSorted()).toEqual([...OWN_WORDS].toSorted());
});

/** The first block of the page in this language, as a stack. */
async function declaredIn(page: string, language: string) {
  const directory = mkdtempSync(join(tmpdir(), "guide-forms-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, `stack.${language}`);
  writeFileSync(file, new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "m").exec(page)?.[1] ?? "");
  const source = await readDocument(file, { sdk: import.meta.resolve("@muster/sdk"), env: process.env });
  return stackOf(documentOf(source), source);
}
