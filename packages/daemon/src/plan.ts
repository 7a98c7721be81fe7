import type { StackPlan } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import { type GivenSettings, type Outside, planStack, type StackKeeper } from "@muster/runtime";
import type { Store } from "@muster/store";
import { checkGiven, type Given } from "./checked.ts";
import { grammar } from "./stacks.ts";

export interface PlanDeps {
  readonly store: Store;
  readonly outside: Outside;
  readonly catalog: Catalog;
  readonly settings: GivenSettings;
}

/**
 * What a declaration would do. Nothing is changed, and nothing is made.
 *
 * @param keeper of the stack, where this process keeps it
 */
export async function planGiven(asked: Given, deps: PlanDeps, keeper: StackKeeper | undefined): Promise<StackPlan> {
  const { document, source, stack } = await checkGiven(asked, deps);
  const { store, outside, catalog, settings } = deps;
  const before = keeper?.declaration() ?? (await store.declaration(stack.name));
  const proposal = { before, document, source, kept: keeper !== undefined };
  return planStack(proposal, { ...outside, store, catalog, grammar, settings });
}
