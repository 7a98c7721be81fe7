/** How stories stand, when the checks were asked that show them. Pure. */
import type { Check, Result } from "@muster/checks";
import type { Evidence, Stories, Story } from "@muster/declaration";

/**
 * `proven`: it has checks, and all pass. `evidence`: it has none, and something else shows it. `open`: something of it is
 * not so yet.
 */
export const STANDINGS = ["proven", "evidence", "open", "applies not", "failing", "unknown"] as const;
export type Standing = (typeof STANDINGS)[number];
export type Counts = Readonly<Record<Standing, number>>;

export interface ToldStory {
  readonly id: string;
  readonly area: string;
  readonly story: string;
  readonly standing: Standing;
  /** Of what its checks say. */
  readonly results: readonly Result[];
  readonly evidence: readonly Evidence[];
  /** Why it does not apply, or what is open. */
  readonly why?: string | undefined;
}

export interface Coverage {
  readonly areas: readonly { readonly area: string; readonly counts: Counts }[];
  readonly counts: Counts;
  readonly stories: readonly ToldStory[];
}

export function coverageOf({ areas, stories }: Stories, resultsOf: (check: Check) => readonly Result[]): Coverage {
  const told = stories.map((story): ToldStory => {
    const { id, area, evidence, appliesNot, notYet } = story;
    const results = story.checks.flatMap(resultsOf);
    const why = appliesNot ?? notYet;
    const standing = standingOf(story, results);
    return { id, area, story: story.story, standing, results, evidence, ...(why === undefined ? {} : { why }) };
  });
  const its = (area: string) => told.filter((each) => each.area === area);
  return {
    areas: areas.map((area) => ({ area, counts: countsOf(its(area)) })),
    counts: countsOf(told),
    stories: told,
  };
}

/** What does not hold weighs more than what is open. */
function standingOf({ appliesNot, notYet }: Story, results: readonly Result[]): Standing {
  if (appliesNot !== undefined) return "applies not";
  if (results.some(({ verdict }) => verdict === "fail")) return "failing";
  if (results.some(({ verdict }) => verdict === "unknown")) return "unknown";
  if (notYet !== undefined) return "open";
  return results.length > 0 ? "proven" : "evidence";
}

function countsOf(told: readonly ToldStory[]): Counts {
  const count = (wanted: Standing) => told.filter(({ standing }) => standing === wanted).length;
  return {
    ...{ proven: count("proven"), evidence: count("evidence"), open: count("open") },
    ...{ "applies not": count("applies not"), failing: count("failing"), unknown: count("unknown") },
  };
}
