/** Whether what a declaration says is so. Nothing is changed, and nothing is made. */
import { grammar } from "@muster/declaration";
import { EXIT, exitCodeOf, MusterError, MusterErrors } from "@muster/model";
import { type State, stateOf } from "@muster/runtime";
import { checkGiven, type Given } from "./checked.ts";
import type { PlanDeps } from "./plan.ts";

/** Throws MusterErrors with what is wrong with the declaration. */
export async function stateGiven(given: Given, deps: PlanDeps): Promise<State> {
  const { store, outside, catalog, settings } = deps;
  const { document, source, stack } = await soundOf(given, deps);
  const before = await store.declaration(stack.name);
  return stateOf({ document, source, before }, { ...outside, store, catalog, grammar, settings });
}

/** Whom nobody could ask just now has refused nothing: what it would have said shows in the look. */
async function soundOf(given: Given, deps: PlanDeps): Promise<Given> {
  try {
    return await checkGiven(given, deps);
  } catch (thrown) {
    const errors =
      thrown instanceof MusterErrors ? thrown.errors : thrown instanceof MusterError ? [thrown] : undefined;
    if (errors === undefined || errors.some(({ code }) => exitCodeOf(code) === EXIT.invalid)) throw thrown;
    return given;
  }
}
