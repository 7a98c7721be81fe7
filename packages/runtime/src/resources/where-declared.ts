/** The resources of a stack that may have none: who sees to them comes with the first, and stays as long as the stack. */
import type { Address } from "@muster/model";
import type { Declaration, Writes } from "@muster/store";
import type { Things } from "../checks/round.ts";
import type { Grammar } from "../ports.ts";
import { keepResources, type ResourceKeeper, type ResourceKeeperDeps, type ResourcesView } from "./keep.ts";
import { taskOf } from "./tended.ts";

export interface DeclaredResources extends Pick<ResourceKeeper, "wake" | "stop" | "forget"> {
  /** What is declared from now on; undefined: nothing. What had failed is tried at once. Throws `store.damaged`. */
  assign(declaration: Declaration | undefined): Promise<void>;
  /**
   * Those are declared otherwise from this declaration on: what is to be remembered of that, to be written with it. Throws
   * `store.damaged`.
   */
  expect(changed: readonly Address[], declaration: Declaration | undefined): Promise<NonNullable<Writes["memory"]>>;
  /** Undefined where nobody sees to any. */
  view(): ResourcesView | undefined;
  readonly things: Things;
}

export interface DeclaredResourcesDeps extends ResourceKeeperDeps {
  readonly grammar: Grammar;
  /** The stack is let go: nobody begins to see to anything. */
  isOver(): boolean;
  /** They have come to rest. */
  onSettled(): void;
}

/** What is under way when nothing is declared any more may take so long, in milliseconds. */
const GRACE_MS = 10_000;

export function resourcesWhereDeclared(deps: DeclaredResourcesDeps): DeclaredResources {
  let keeper: ResourceKeeper | undefined;

  function keep(): Promise<ResourceKeeper> {
    let wasSettled = false;
    return keepResources({
      ...deps,
      onView(view) {
        deps.onView(view);
        if (view.settled && !wasSettled) deps.onSettled();
        wasSettled = view.settled;
      },
    });
  }

  async function stop(graceMs: number): Promise<void> {
    const ending = keeper;
    keeper = undefined;
    await ending?.stop(graceMs);
  }

  return {
    async assign(declaration) {
      if (declaration === undefined) return stop(GRACE_MS);
      const task = taskOf(declaration, deps.grammar);
      const isNothing = task.tended.size === 0 && Object.keys(task.purge).length === 0 && !task.destroying;
      if (deps.isOver() || (keeper === undefined && isNothing)) return;
      keeper ??= await keep();
      keeper.assign(task);
    },
    async expect(changed, declaration) {
      if (changed.length === 0 || declaration === undefined) return {};
      keeper ??= await keep();
      return keeper.expect(changed, declaration.generation);
    },
    forget: () => keeper?.forget() ?? {},
    view: () => keeper?.view(),
    things: {
      whomOf: async (address) => keeper?.things.whomOf(address) ?? `${address} is not kept`,
      valueOf: (address, property) => keeper?.things.valueOf(address, property),
    },
    wake: () => keeper?.wake(),
    stop,
  };
}
