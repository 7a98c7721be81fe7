import { readStories } from "@muster/declaration";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { paint } from "../print/paint.ts";
import { storiesText } from "../print/stories-text.ts";
import { coverageOf } from "../stories/coverage.ts";
import { askHere, exitBy } from "../verify/ask-here.ts";

/** Of all checks of all stories: each command among them has a time of its own. In milliseconds. */
const TIMEOUT_MS = 600_000;

/** Asks the checks that stories name, each once, and tells how the stories stand. */
export async function tellStories(this: Cli, { output }: OutputFlags, file: string): Promise<void> {
  const deps = { sdk: import.meta.resolve("@muster/sdk"), env: this.env, print: this.err.write };
  const stories = await readStories(file, deps);
  const checks = [...new Set(stories.stories.flatMap((story) => story.checks))];
  const { byCheck } = await askHere(this, checks, TIMEOUT_MS);
  const coverage = coverageOf(stories, (check) => byCheck.get(check) ?? []);
  const text = () => storiesText(coverage, (color, part) => paint(this.out, color, part));
  this.out.write(output === "json" ? `${JSON.stringify(coverage)}\n` : text());
  exitBy(this, { fail: coverage.counts.failing, unknown: coverage.counts.unknown });
}
