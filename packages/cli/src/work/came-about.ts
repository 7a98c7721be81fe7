import type { StackPlan } from "@muster/model";
import type { Api } from "../client/api.ts";
import { hasChanges } from "../print/plan.ts";
import type { Handed } from "./hand-over.ts";

/**
 * Whether something of these plans has come about, though not all of it did. Of resources that is asked; of groups, which
 * are changed one member after another, it is taken for granted.
 */
export async function cameAbout(plans: readonly StackPlan[], handed: readonly Handed[]): Promise<boolean> {
  const some = await Promise.all(
    handed.map(async ({ read, api }) => {
      const plan = plans.find(({ stack }) => stack === read.stack.name);
      return plan !== undefined && (await someOf(plan, api));
    }),
  );
  return some.includes(true);
}

async function someOf({ resources, ...others }: StackPlan, api: Api): Promise<boolean> {
  if (resources === undefined) return hasChanges(others);
  if (hasChanges({ ...others, changed: false })) return true;
  const view = (await api.resources()).find(({ stack }) => stack === others.stack);
  const states = new Map(view?.statuses.map(({ address, state }) => [address, state]));
  return resources.steps.some(({ address, effect, held }) => {
    if (held !== undefined) return false;
    // What was pruned, and is gone, is not spoken of any more.
    return states.get(address) === "kept" || (effect === "destroy" && !states.has(address));
  });
}
