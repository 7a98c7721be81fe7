import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MusterErrors, placeText } from "@muster/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStories } from "./stories.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "muster-stories-"));
  await writeFile(join(dir, "page.md"), "# A page\n\n## What's there?\n\n```\n# no heading\n```\n");
  await writeFile(join(dir, "checks.yaml"), "checks:\n  - port: 80\n    title: it listens\n    listening: true\n");
});
afterEach(() => rm(dir, { recursive: true }));

const deps = { sdk: import.meta.resolve("./stories.ts"), env: {}, print: () => undefined };
const HEAD = ["areas: [process, policy]", "checks: [checks.yaml]", "stories:"];
const STORY = ["  - id: one", "    area: process", "    story: It is so."];

async function read(...lines: readonly string[]) {
  const file = join(dir, "stories.yaml");
  await writeFile(file, lines.join("\n"));
  return readStories(file, deps);
}

/** What is wrong, as `line:column message`. */
async function wrongIn(...lines: readonly string[]): Promise<readonly string[]> {
  try {
    await read(...lines);
  } catch (thrown) {
    const errors = thrown instanceof MusterErrors ? thrown.errors : [];
    return errors.map(
      ({ message, place }) => `${placeText(place).split(" ")[0]?.split("stories.yaml:")[1]} ${message}`,
    );
  }
  return [];
}

describe("stories", () => {
  it("are read with what shows them, or why nothing does", async () => {
    const { areas, stories } = await read(
      ...[...HEAD, ...STORY, "    checks: [it listens]", "    evidence:"],
      ...["      - document: page.md#whats-there", "      - document: .", "      - event: rollout.failed"],
      ...["      - { command: muster group ls, shows: how groups stand }"],
      ...["  - { id: two, area: policy, story: It is not so., notYet: nobody has made it }"],
      ...["  - { id: three, area: policy, story: It is no matter., appliesNot: there is none }"],
    );
    expect(areas).toEqual(["process", "policy"]);
    const [one, two, three] = stories;
    expect(one).toMatchObject({ id: "one", area: "process", story: "It is so.", appliesNot: undefined });
    expect(one?.checks.map(({ kind, subject }) => [kind, subject])).toEqual([["port", 80]]);
    expect(one?.evidence).toEqual([
      ...[{ kind: "document", document: "page.md#whats-there" }],
      ...[{ kind: "document", document: "." }],
      ...[{ kind: "event", event: "rollout.failed" }],
      ...[{ kind: "command", command: "muster group ls", shows: "how groups stand" }],
    ]);
    expect([two?.notYet, three?.appliesNot]).toEqual(["nobody has made it", "there is none"]);
  });

  it("name only checks, documents, headings, events and areas that there are", async () => {
    expect(
      await wrongIn(
        ...[...HEAD, "  - id: one", "    area: proces", "    story: It is so.", "    checks: [it lissens]"],
        ...["    evidence:", "      - document: pages.md", "      - document: page.md#what-there"],
        ...["      - event: rollout.fails"],
      ),
    ).toEqual([
      "5:11 one: there is no area `proces` (did you mean `process`?)",
      '7:14 one: no check of the files under `checks` has the title "it lissens" (did you mean `it listens`?)',
      "9:19 one: pages.md cannot be read (ENOENT)",
      "10:19 one: page.md has no heading #what-there",
      "11:16 one: there is no type of event `rollout.fails` (did you mean `rollout.failed`?)",
    ]);
  });

  it("are shown by something, or say why not, and never both", async () => {
    expect(await wrongIn(...HEAD, ...STORY)).toEqual(["4:5 one: nothing shows it, and it does not say why"]);
    expect(await wrongIn(...HEAD, ...STORY, "    checks: []")).toHaveLength(1);
    expect(await wrongIn(...HEAD, ...STORY, "    evidence: []")).toHaveLength(1);
    expect(await wrongIn(...HEAD, ...STORY, "    checks: [it listens]", "    appliesNot: no")).toEqual([
      "8:5 one: what does not apply is neither shown nor open",
    ]);
    for (const one of ["command: muster group ls", "document: page.md, event: rollout.failed", "document: 1", ""]) {
      expect(await wrongIn(...HEAD, ...STORY, `    evidence: [{ ${one} }]`), one).toHaveLength(1);
    }
  });

  it("have known keys, and an id of their own each", async () => {
    expect(await wrongIn(...HEAD, ...STORY, "    notyet: why", "    notYet: why")).toEqual([
      "7:5 `notyet` is not known here (did you mean `notYet`?)",
    ]);
    expect(await wrongIn(...HEAD, ...STORY, "    notYet: why", ...STORY, "    notYet: why")).toEqual([
      "8:9 one: there is another story of this id",
    ]);
    expect(await wrongIn(...HEAD, "  - notYet: why")).toHaveLength(3);
    expect(await wrongIn("areas: []", "story: []")).toHaveLength(2);
    expect(await wrongIn("areas: []", "stories: []")).toHaveLength(1);
  });
});
