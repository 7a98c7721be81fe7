import { type ChecksView, NO_CHECKS, type Stack } from "@muster/model";
import type { Writes } from "@muster/store";
import { watchedIn } from "./declared.ts";
import { type CheckKeeper, type CheckKeeperDeps, keepChecks } from "./keep.ts";
import type { AskChecks } from "./whom.ts";

export interface DeclaredChecks extends Pick<CheckKeeper, "wake" | "stop"> {
  /** What is declared from now on; undefined: nothing, or it is to go. Throws `store.damaged`. */
  assign(stack: Stack | undefined, generation: number): Promise<void>;
  /** @param generation of a stack that has none */
  view(generation: number): ChecksView;
  askNow(generation: number): Promise<ChecksView>;
  /** What is to be written so that nothing is remembered. */
  forget(): NonNullable<Writes["memory"]>;
}

/** The checks of a stack that may have none: who asks them comes with the first. Without `ask` nobody does. */
export function checksWhereDeclared(
  deps: Omit<CheckKeeperDeps, "ask"> & { readonly ask: AskChecks | undefined },
): DeclaredChecks {
  let keeper: CheckKeeper | undefined;

  async function stop(graceMs: number): Promise<void> {
    const ending = keeper;
    keeper = undefined;
    await ending?.stop(graceMs);
  }

  const none = (generation: number): ChecksView => ({ ...NO_CHECKS, observedGeneration: generation });

  return {
    async assign(stack, generation) {
      const { ask } = deps;
      if (stack === undefined || ask === undefined) return stop(GRACE_MS);
      // A stack that had some has them forgotten by whoever asked them.
      if (keeper === undefined && watchedIn(stack).length === 0) return;
      keeper ??= await keepChecks({ ...deps, ask });
      keeper.assign(stack, generation);
    },
    wake: () => keeper?.wake(),
    view: (generation) => keeper?.view() ?? none(generation),
    askNow: async (generation) => keeper?.askNow() ?? none(generation),
    forget: () => keeper?.forget() ?? {},
    stop,
  };
}

/** What is asked when nothing is to be asked any more may take so long, in milliseconds. */
const GRACE_MS = 10_000;
