import { grammar } from "@muster/declaration";
import type { StackPlan } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import {
  type Asked,
  type GivenSettings,
  type Outside,
  planStack,
  type StackKeeper,
  sameDocument,
} from "@muster/runtime";
import type { Store } from "@muster/store";
import { checkGiven, type Given } from "./checked.ts";

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
export async function planGiven(
  given: Given,
  deps: PlanDeps,
  keeper: StackKeeper | undefined,
  asked: Asked = {},
): Promise<StackPlan> {
  return planChecked(await checkGiven(given, deps), deps, keeper, asked);
}

/** As `planGiven`, of what was checked already. */
export async function planChecked(
  { document, source, stack }: Given,
  deps: PlanDeps,
  keeper: StackKeeper | undefined,
  asked: Asked,
): Promise<StackPlan> {
  const { store, outside, catalog, settings } = deps;
  const declared = keeper?.declaration() ?? (await store.declaration(stack.name));
  // What was read of one is known of the other.
  const before = declared && sameDocument(declared.document, document) ? { ...declared, document } : declared;
  const proposal = { before, document, source, kept: keeper !== undefined, asked };
  return planStack(proposal, { ...outside, store, catalog, grammar, settings });
}
