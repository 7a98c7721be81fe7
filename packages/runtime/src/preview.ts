/** What the next pass over a stack would do, group by group, in a sentence. */
import { recall, reconcile } from "@muster/engine";
import type { Declaration } from "@muster/store";
import { assignmentsOf } from "./assignments.ts";
import { type Glance, type GlanceDeps, glance } from "./glance.ts";
import type { Grammar, Outside } from "./ports.ts";
import { type GivenSettings, openProviders, toLook } from "./providers.ts";

export interface PreviewDeps extends GlanceDeps, Pick<Outside, "io"> {
  readonly grammar: Pick<Grammar, "stackOf">;
  readonly settings: GivenSettings;
}

/**
 * What the first pass over each group of a declaration would do, in a sentence; undefined where it would do nothing. Reality
 * is looked at; nothing is written and nothing is called that changes anything.
 */
export async function preview(
  declaration: Declaration,
  deps: PreviewDeps,
): Promise<Readonly<Record<string, string | undefined>>> {
  const providers = openProviders(deps.io, toLook);
  try {
    const told: [string, string | undefined][] = [];
    for (const [name, assignment] of assignmentsOf(declaration, deps.grammar, deps.settings)) {
      told.push([name, firstPass(await glance(assignment, providers, deps), deps)]);
    }
    return Object.fromEntries(told);
  } finally {
    await providers.close();
  }
}

function firstPass(glanced: Glance, { clock }: PreviewDeps): string | undefined {
  switch (glanced.kind) {
    case "untold":
      return `cannot be told: ${glanced.trouble.message}`;
    case "strayed":
      return `nothing: ${glanced.trouble.message}`;
    case "seen": {
      const { bound, look, moved } = glanced;
      const memory = recall(glanced.memory, clock.now());
      const { declared, traits } = bound;
      const { decisions } = reconcile({ declared, traits, look, memory, now: clock.now(), nonce: "preview" });
      const sentence = decisions.find(({ type }) => type === "group.decided")?.message;
      const parts = [moved, sentence].filter((part) => part !== undefined);
      return parts.length === 0 ? undefined : parts.join("; ");
    }
  }
}
