import { hashPlain } from "./hash.ts";
import type { StackPlan } from "./plan.ts";

/** What a plan would do, in one word: as long as it is the same, so is the plan. */
export function digestOfPlan({ stack, generation, mode, changes, groups, files, resources }: StackPlan): string {
  const { digest, steps } = resources ?? { digest: "", steps: [] };
  const told = { stack, generation, mode, changes, groups, files: files ?? [], digest, steps: steps.length };
  return hashPlain(told);
}
