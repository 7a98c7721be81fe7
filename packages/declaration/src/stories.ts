/**
 * Stories: what people want to be true of how something is run, each with what shows it: checks, or other evidence. Or it
 * says why it does not apply, or that it is open.
 */
import { dirname, join, resolve } from "node:path";
import type { Check } from "@muster/checks";
import { didYouMean, type Json, type JsonObject, nearest } from "@muster/model";
import { checksOf } from "./checks.ts";
import { type Evidence, readEvidence } from "./evidence.ts";
import { gatherProblems, type Problems } from "./problems.ts";
import { type ReadDeps, readDocument } from "./read.ts";
import type { Path } from "./source.ts";
import { checkKeys, noteMissingKey, readMapping, readText, readTexts, shortened, wrongKind } from "./values.ts";

export interface Story {
  readonly id: string;
  readonly area: string;
  /** One sentence. */
  readonly story: string;
  /** Those that show it; several checks may have one title. */
  readonly checks: readonly Check[];
  readonly evidence: readonly Evidence[];
  /** Why it does not apply. */
  readonly appliesNot?: string | undefined;
  /** What of it is not so yet, whatever else is shown. */
  readonly notYet?: string | undefined;
}

export interface Stories {
  /** In the order in which they are declared; one may have no story. */
  readonly areas: readonly string[];
  readonly stories: readonly Story[];
}

const TOP = ["areas", "checks", "stories"];
const KEYS = ["id", "area", "story", "checks", "evidence", "appliesNot", "notYet"];
const WAYS = "`checks`, `evidence`, `appliesNot` or `notYet`";

/**
 * Reads stories, the files of checks that they name, and whether the documents are there that they name. Throws
 * MusterErrors of the family `declaration`, with their places.
 */
export async function readStories(file: string, deps: ReadDeps): Promise<Stories> {
  const source = await readDocument(file, deps);
  const problems = gatherProblems(source.locate);
  const top = readMapping(source.data, [], problems) ?? {};
  checkKeys(top, [], TOP, [], problems);
  const areas = readTexts(top["areas"], ["areas"], problems) ?? [];
  const from = dirname(resolve(file));
  const known = await checksIn(top["checks"], from, deps, problems);
  const stories: Story[] = [];
  const ids = new Set<string>();
  const entries: readonly Json[] = Array.isArray(top["stories"]) ? top["stories"] : [];
  if (entries.length === 0) wrongKind(top["stories"], "a list of stories", ["stories"], problems);
  for (const [index, entry] of entries.entries()) {
    const path: Path = ["stories", index];
    const written = readMapping(entry, path, problems);
    if (written === undefined) continue;
    const story = await readStory(written, path, { areas, known, ids, from, problems });
    if (story !== undefined) stories.push(story);
  }
  problems.throwIfAny();
  return { areas, stories };
}

interface Around {
  readonly areas: readonly string[];
  /** Checks by their title. */
  readonly known: ReadonlyMap<string, readonly Check[]>;
  readonly ids: Set<string>;
  readonly from: string;
  readonly problems: Problems;
}

async function checksIn(
  value: Json | undefined,
  from: string,
  deps: ReadDeps,
  problems: Problems,
): Promise<Around["known"]> {
  const files = value === undefined ? [] : (readTexts(value, ["checks"], problems) ?? []);
  const checks = await Promise.all(files.map(async (each) => checksOf(await readDocument(join(from, each), deps))));
  const titled = checks.flat().filter(({ title }) => title !== undefined);
  return Map.groupBy(titled, ({ title = "" }) => title);
}

async function readStory(written: JsonObject, path: Path, around: Around): Promise<Story | undefined> {
  const { problems, ids } = around;
  checkKeys(written, path, KEYS, [], problems);
  const text = (key: string) =>
    written[key] === undefined
      ? noteMissingKey(key, "a text", path, problems)
      : readText(written[key], [...path, key], problems);
  const maybe = (key: string) =>
    written[key] === undefined ? undefined : readText(written[key], [...path, key], problems);
  const [id, area, story] = [text("id"), text("area"), text("story")];
  const [appliesNot, notYet] = [maybe("appliesNot"), maybe("notYet")];
  const called = shortened(id ?? "a story without an id");
  const checks = readLinks(written["checks"], [...path, "checks"], called, around);
  const evidence = await readEvidence(written["evidence"], [...path, "evidence"], called, around);
  if (id === undefined || area === undefined || story === undefined) return undefined;
  const bad = (detail: string, fix: string, at: Path, what: "key" | "value" = "value") =>
    problems.add("declaration.bad-story", { story: called, detail, fix }, at, what);
  if (ids.has(id)) bad("there is another story of this id", "Give each an id of its own.", [...path, "id"]);
  ids.add(id);
  if (!around.areas.includes(area)) {
    const near = didYouMean(nearest(area, around.areas));
    bad(`there is no area \`${shortened(area)}\`${near}`, "`areas` names all there are.", [...path, "area"]);
  }
  const isShown = ["checks", "evidence"].some((key) => Object.hasOwn(written, key));
  if (!isShown && appliesNot === undefined && notYet === undefined) {
    bad("nothing shows it, and it does not say why", `Give it one of ${WAYS}.`, path, "key");
  }
  if (appliesNot !== undefined && (isShown || notYet !== undefined)) {
    const fix = "Keep `appliesNot`, or the others.";
    bad("what does not apply is neither shown nor open", fix, [...path, "appliesNot"], "key");
  }
  return { id, area, story, checks, evidence, appliesNot, notYet };
}

function readLinks(value: Json | undefined, path: Path, story: string, { known, problems }: Around): readonly Check[] {
  if (value === undefined) return [];
  const titles = readTexts(value, path, problems) ?? [];
  if (titles.length === 0) wrongKind(value, "a list of titles of checks", path, problems);
  return titles.flatMap((title, index) => {
    const found = known.get(title);
    if (found !== undefined) return found;
    const near = didYouMean(nearest(title, [...known.keys()]));
    const detail = `no check of the files under \`checks\` has the title "${shortened(title)}"${near}`;
    const words = { story, detail, fix: "Name the title of a check, or the file that it stands in." };
    problems.add("declaration.bad-story", words, [...path, index]);
    return [];
  });
}
