/** One look at a group that leaves nothing behind. */
import type { GoodLook, Memory } from "@muster/engine";
import { MusterError, type PlanTrouble } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import type { Store } from "@muster/store";
import { type Assignment, type BoundGroup, bind } from "./bind.ts";
import type { AskChecks } from "./checks/whom.ts";
import { placeOf } from "./home.ts";
import { failedLook, observe } from "./observe.ts";
import type { Clock } from "./ports.ts";
import type { Providers } from "./providers.ts";
import { recollect } from "./recollect.ts";
import { healthQuestions } from "./verdicts.ts";

/** `strayed`: nobody would look there (`placeOf`). */
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

export interface GlanceDeps {
  /** For reading. */
  readonly store: Store;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly askChecks?: AskChecks;
}

export async function glance(
  assignment: Assignment,
  providers: Providers,
  { store, catalog, clock, askChecks }: GlanceDeps,
): Promise<Glance> {
  let bound: BoundGroup;
  try {
    bound = await bind(assignment, { catalog, providers });
  } catch (thrown) {
    return { kind: "untold", trouble: failedLook(clock.now(), thrown) };
  }
  const { signal } = new AbortController();
  const look = await observe(bound, store, clock, healthQuestions(clock), askChecks, signal);
  if (look.kind === "failed") return { kind: "untold", trouble: look };
  const memory = await recollect(store, assignment.stack, assignment.group.name);
  if (memory instanceof MusterError) return { kind: "untold", trouble: failedLook(clock.now(), memory) };
  const place = placeOf(bound, memory);
  switch (place.kind) {
    case "strayed":
      return { kind: "strayed", trouble: { reason: "provider.elsewhere", message: place.message } };
    case "moved":
      return { kind: "seen", bound, look, memory: place.memory, moved: place.event.message };
    case "home":
      return { kind: "seen", bound, look, memory: place.memory, moved: undefined };
  }
}
