import { type GoodLook, type Memory, memoryFrom, recall, reconcile } from "@muster/engine";
import type { PlanTrouble } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import type { Declaration, Store } from "@muster/store";
import { assignmentsOf } from "./assignments.ts";
import { type Assignment, type BoundGroup, bind } from "./bind.ts";
import { placeOf } from "./home.ts";
import { failedLook, observe } from "./observe.ts";
import type { Grammar, Outside } from "./ports.ts";
import { type GivenSettings, openProviders, type Providers, toLook } from "./providers.ts";

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

/** One look at a group that leaves nothing behind. `strayed`: nobody would look there (`placeOf`). */
export type Glance =
  | { readonly kind: "untold" | "strayed"; readonly trouble: PlanTrouble }
  | {
      readonly kind: "seen";
      readonly bound: BoundGroup;
      readonly look: GoodLook;
      /** As it is written down. */
      readonly memory: Memory;
      /** Its members are kept in another place from now on. */
      readonly moved: string | undefined;
    };

export async function glance(
  assignment: Assignment,
  providers: Providers,
  { store, catalog, clock }: PreviewDeps,
): Promise<Glance> {
  let bound: BoundGroup;
  try {
    bound = await bind(assignment, catalog, providers);
  } catch (thrown) {
    return { kind: "untold", trouble: failedLook(clock.now(), thrown) };
  }
  const look = await observe(bound, store, clock, new AbortController().signal);
  if (look.kind === "failed") return { kind: "untold", trouble: look };
  const place = placeOf(bound, memoryFrom(await store.memory(assignment.stack, assignment.group.name)));
  switch (place.kind) {
    case "strayed":
      return { kind: "strayed", trouble: { reason: "provider.elsewhere", message: place.message } };
    case "moved":
      return { kind: "seen", bound, look, memory: place.memory, moved: place.event.message };
    case "home":
      return { kind: "seen", bound, look, memory: place.memory, moved: undefined };
  }
}
