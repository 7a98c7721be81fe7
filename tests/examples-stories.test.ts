/** The stories of examples/operations-stories: each check of them is asked of a real Muster that keeps the shop beside them. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { MUSTER } from "./crash/run.ts";
import { openExample, until } from "./support/example-room.ts";

const STORIES = join(import.meta.dirname, "../examples/operations-stories/stories.yaml");
const SECRET = "an api key of nobody's";

it("nothing of the operations stories fails, and every area has a story", { timeout: 240_000 }, async () => {
  const room = openExample("operations-stories", { PATH: pathWithMuster() });
  room.edit("shop.yaml", "/srv/shop", room.folder);
  writeFileSync(join(room.folder, "api-key"), SECRET, { mode: 0o600 });
  const { said } = room.serve();
  await until(() => said().includes("serving at"), said);
  await room.muster("apply", "shop.yaml", "--yes");

  const told: Told = JSON.parse(await room.script([process.execPath, MUSTER, "stories", STORIES, "--output", "json"]));
  expect(told.stories.filter(({ standing }) => standing === "failing" || standing === "unknown")).toEqual([]);
  expect(told.counts).toMatchObject({ failing: 0, unknown: 0 });
  expect(told.counts["proven"]).toBeGreaterThanOrEqual(25);
  // What is open is said, and not stretched to something else.
  expect(told.counts["open"]).toBeGreaterThan(0);
  const stories = (counts: Counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);
  expect(told.areas.filter(({ counts }) => stories(counts) === 0)).toEqual([]);
  const asked = told.stories.flatMap(({ results }) => results.map(({ title }) => title));
  expect(new Set(asked)).toHaveProperty("size", 17);

  // A proof that is none any more is seen: the page no longer answers as declared.
  const smoke = join(room.folder, "proofs/smoke.mjs");
  writeFileSync(smoke, 'throw new Error("no page answers")');
  const failing = await room.muster("verify", "checks.yaml", "--only", "every page answers").catch(String);
  expect(failing).toContain("fail    every page answers");
});

type Counts = Readonly<Record<string, number>>;

interface Told {
  readonly areas: readonly { readonly area: string; readonly counts: Counts }[];
  readonly counts: Counts;
  readonly stories: readonly { readonly standing: string; readonly results: readonly { readonly title: string }[] }[];
}

/** The checks type `muster` and `node`, as a person does. */
function pathWithMuster(): string {
  const bin = mkdtempSync(join(tmpdir(), "muster-stories-bin-"));
  onTestFinished(() => rmSync(bin, { recursive: true }));
  writeFileSync(join(bin, "muster"), `#!/bin/sh\nexec ${process.execPath} ${MUSTER} "$@"\n`);
  chmodSync(join(bin, "muster"), 0o755);
  return [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter);
}
