/** What shows a story beside checks. What can be looked up is: a document, a heading, a type of event. */
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { didYouMean, EVENT_TYPES, type EventType, type Json, nearest, systemCodeOf } from "@muster/model";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";
import { checkKeys, readMapping, shortened, wrongKind } from "./values.ts";

export type Evidence =
  /** A page, or a place in one; `path` as it was written, from the file of the stories on. */
  | { readonly kind: "document"; readonly document: string }
  /** What somebody types, and what that shows. */
  | { readonly kind: "command"; readonly command: string; readonly shows: string }
  /** What is written down each time. */
  | { readonly kind: "event"; readonly event: EventType };

interface EvidenceAround {
  /** The directory that documents are named from. */
  readonly from: string;
  readonly problems: Problems;
}

export async function readEvidence(
  value: Json | undefined,
  path: Path,
  story: string,
  { from, problems }: EvidenceAround,
): Promise<readonly Evidence[]> {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length === 0) {
    wrongKind(value, "a list of evidence, as `- document: PAGE.md#heading`", path, problems);
    return [];
  }
  const all: Evidence[] = [];
  const entries: readonly Json[] = value;
  for (const [index, entry] of entries.entries()) {
    const at: Path = [...path, index];
    const written = readMapping(entry, at, problems);
    if (written === undefined) continue;
    checkKeys(written, at, ["document", "command", "shows", "event"], [], problems);
    const { document, command, shows, event } = written;
    const bad = (detail: string, fix: string, key: string) =>
      problems.add("declaration.bad-story", { story, detail, fix }, [...at, key]);
    const isOne = [document, command, event].filter((each) => each !== undefined).length === 1;
    if (isOne && typeof document === "string") {
      const fault = await faultOfDocument(from, document);
      if (fault !== undefined) bad(fault, "Name a file from this one on; after `#`, one of its headings.", "document");
      all.push({ kind: "document", document });
    } else if (isOne && typeof command === "string" && typeof shows === "string") {
      all.push({ kind: "command", command, shows });
    } else if (isOne && typeof event === "string") {
      const type = EVENT_TYPES.find((each) => each === event);
      if (type !== undefined) all.push({ kind: "event", event: type });
      else {
        const near = didYouMean(nearest(event, EVENT_TYPES));
        bad(`there is no type of event \`${shortened(event)}\`${near}`, "docs/reference/api.md has all.", "event");
      }
    } else wrongKind(entry, "`document`, `command` with `shows`, or `event`", at, problems);
  }
  return all;
}

async function faultOfDocument(from: string, document: string): Promise<string | undefined> {
  const [path = "", anchor] = document.split("#");
  try {
    const text = await readFile(join(from, path), "utf8");
    if (anchor === undefined || (extname(path) === ".md" && anchorsOf(text).has(anchor))) return undefined;
    return `${path} has no heading #${anchor}`;
  } catch (thrown) {
    // A directory is a document as well: what lies in it is.
    if (systemCodeOf(thrown) === "EISDIR" && anchor === undefined) return undefined;
    return `${path} cannot be read (${systemCodeOf(thrown) ?? "it is no text"})`;
  }
}

/** The headings of a page as links name them, as GitHub makes them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const prose = page.replace(/^```[\s\S]*?^```$/gm, "");
  const headings = [...prose.matchAll(/^#+ +(.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase());
  return new Set(headings.map((each) => each.replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")));
}
