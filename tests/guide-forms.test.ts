/** The page of resources: what it shows in YAML and in TypeScript is the same declaration, and it leaves out no word. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checksOf, documentOf, readDocument, stackOf } from "@muster/declaration";
import { expect, it, onTestFinished } from "vitest";
import { OWN_WORDS } from "../packages/declaration/src/own-words.ts";

const PAGE = join(import.meta.dirname, "../docs/guide/resources.md");
const CHECKS = join(import.meta.dirname, "../docs/guide/checks.md");

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

it("is one list of checks in both", { timeout: 30_000 }, async () => {
  const page = readFileSync(CHECKS, "utf8");
  const [yaml, typescript] = await Promise.all(["yaml", "ts"].map((language) => sourceIn(page, language)));
  if (yaml === undefined || typescript === undefined) throw new Error("the page does not show both");
  expect(checksOf(yaml)).toHaveLength(3);
  expect(checksOf(typescript)).toEqual(checksOf(yaml));
});

/** The first block of the page in this language, as a stack. */
async function declaredIn(page: string, language: string) {
  const source = await sourceIn(page, language);
  return stackOf(documentOf(source), source);
}

async function sourceIn(page: string, language: string) {
  const directory = mkdtempSync(join(tmpdir(), "guide-forms-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, `stack.${language}`);
  writeFileSync(file, new RegExp(`^\`\`\`${language}(?: .*)?\n([^]*?)^\`\`\``, "m").exec(page)?.[1] ?? "");
  return readDocument(file, { sdk: import.meta.resolve("@muster/sdk"), env: process.env });
}
