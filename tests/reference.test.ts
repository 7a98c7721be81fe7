import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pages } from "../scripts/reference/pages.ts";

it.each(Object.entries(await pages()))("docs/reference/%s says what the code says", (name, text) => {
  const written = readFileSync(join(import.meta.dirname, "../docs/reference", name), "utf8");
  expect(written, "run `npm run reference`").toBe(text);
});
