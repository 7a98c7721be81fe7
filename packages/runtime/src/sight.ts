import { type FailedLook, type Look, placeOf } from "@muster/engine";
import type { Catalog } from "@muster/plugin";
import type { Store } from "@muster/store";
import { type Assignment, type BoundGroup, bind, isStillBound } from "./bind.ts";
import type { AskChecks } from "./checks/whom.ts";
import type { HostPorts } from "./host-ports.ts";
import { failedLook, observe } from "./observe.ts";
import type { Clock } from "./ports.ts";
import type { Providers } from "./providers.ts";
import { healthQuestions } from "./verdicts.ts";

/** A look at a group through what it is bound to; or why it could not even be bound. */
export type Sight =
  | { readonly kind: "bound"; readonly bound: BoundGroup; readonly look: Look }
  | { readonly kind: "unbound"; readonly look: FailedLook };

export interface Eyes {
  /** Looks; binds anew first where the declaration or the catalog has changed. Given up when the group is let go. */
  look(assignment: Assignment, letGo: AbortSignal): Promise<Sight>;
  /** What the last look was made through. */
  bound(): BoundGroup | undefined;
  /** Hears no hints any more. */
  close(): void;
}

export interface EyesDeps {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly providers: Providers;
  readonly hostPorts?: HostPorts | undefined;
  readonly clock: Clock;
  readonly askChecks?: AskChecks | undefined;
  /** Called on every hint of the provider. */
  wake(): void;
}

export function openEyes({ store, catalog, providers, hostPorts, clock, askChecks, wake }: EyesDeps): Eyes {
  let bound: BoundGroup | undefined;
  let unlisten: (() => void) | undefined;
  const askHealth = healthQuestions(clock);

  function close(): void {
    unlisten?.();
    unlisten = undefined;
    bound = undefined;
  }

  async function bindTo(assignment: Assignment): Promise<BoundGroup> {
    if (bound !== undefined && isStillBound(bound, assignment, catalog)) return bound;
    close();
    const fresh = await bind(assignment, { catalog, providers, hostPorts });
    unlisten = providers.listen(fresh.type, fresh.settings, wake);
    bound = fresh;
    return fresh;
  }

  return {
    bound: () => bound,
    close,
    async look(assignment, letGo) {
      let group: BoundGroup;
      try {
        group = await bindTo(assignment);
      } catch (thrown) {
        return { kind: "unbound", look: failedLook(clock.now(), thrown) };
      }
      const look = await observe(group, store, clock, askHealth, askChecks, letGo);
      if (look.kind === "seen" && group.type.ports === true) {
        hostPorts?.seen(placeOf(group.declared), look.members);
      }
      return { kind: "bound", bound: group, look };
    },
  };
}
