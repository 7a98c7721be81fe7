/** What the documents point to is there. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const PAGES = [
  "README.md",
  "ARCHITECTURE.md",
  "{docs,examples,bench}/**/*.md",
  "packages/*/README.md",
  "packages/providers/*/README.md",
];
const pages = globSync(PAGES, { cwd: ROOT, exclude: ["**/node_modules/**"] }).sort();

it.each(pages)("%s points only to what is there", (page) => {
  const broken = linksIn(readFileSync(join(ROOT, page), "utf8")).filter((link) => !leadsSomewhere(page, link));
  expect(broken).toEqual([]);
});

it("knows a link that leads nowhere", () => {
  expect(linksIn("[a](nowhere.md) `[b](c.md)`\n```\n[d](e.md)\n```\n")).toEqual(["nowhere.md"]);
  expect(leadsSomewhere("README.md", "nowhere.md")).toBe(false);
  expect(leadsSomewhere("README.md", "README.md#no-such-heading")).toBe(false);
  expect(leadsSomewhere("README.md", "../outside.md")).toBe(false);
});

/** The relative links of a page, with their anchors. What stands in code is no link. */
function linksIn(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "code");
  const targets = [...prose.matchAll(/\]\((?<target>[^()\s]+)\)/g)].map(({ groups }) => groups?.["target"] ?? "");
  return targets.filter((target) => !/^[a-z][a-z+.-]*:/.test(target));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? join(ROOT, page) : join(ROOT, dirname(page), path);
  if (relative(ROOT, target).startsWith("..") || !existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, "utf8")).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/^#+ +(?<heading>.+)$/gm)].map(({ groups }) =>
    (groups?.["heading"] ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
