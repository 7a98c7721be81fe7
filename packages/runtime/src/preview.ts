import { memoryFrom, recall, reconcile } from "@muster/engine";
import type { Catalog } from "@muster/plugin";
import type { Declaration, Store } from "@muster/store";
import { assignmentsOf } from "./assignments.ts";
import type { Assignment } from "./bind.ts";
import { placeOf } from "./home.ts";
import type { Grammar, Outside } from "./ports.ts";
import { type GivenSettings, openProviders, type Providers } from "./providers.ts";
import { openEyes } from "./sight.ts";

export interface PreviewDeps extends Outside {
  readonly store: Store;
  readonly catalog: Catalog;
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
  const providers = openProviders(deps.io);
  try {
    const told: [string, string | undefined][] = [];
    for (const [name, assignment] of assignmentsOf(declaration, deps.grammar, deps.settings)) {
      told.push([name, await previewGroup(assignment, providers, deps)]);
    }
    return Object.fromEntries(told);
  } finally {
    await providers.close();
  }
}

async function previewGroup(
  assignment: Assignment,
  providers: Providers,
  deps: PreviewDeps,
): Promise<string | undefined> {
  const { clock, store, catalog } = deps;
  const eyes = openEyes({ store, catalog, providers, clock, wake: () => undefined });
  const sight = await eyes.look(assignment, new AbortController().signal);
  eyes.close();
  if (sight.look.kind === "failed") return `cannot be told: ${sight.look.message}`;
  if (sight.kind === "unbound") return undefined;
  const stored = recall(memoryFrom(await store.memory(assignment.stack, assignment.group.name)), clock.now());
  const place = placeOf(sight.bound, stored);
  if (place.kind === "strayed") return `nothing: ${place.message}`;
  const { declared, traits } = sight.bound;
  const situation = { declared, traits, look: sight.look, memory: place.memory, now: clock.now(), nonce: "preview" };
  const { decisions } = reconcile(situation);
  const sentence = decisions.find(({ type }) => type === "group.decided")?.message;
  return place.kind === "moved"
    ? [place.event.message, sentence].filter((part) => part !== undefined).join("; ")
    : sentence;
}
