import { openPlanner } from "@muster/daemon";
import { EXIT, MusterError, type StackPlan } from "@muster/model";
import { builtinsOf } from "../builtins.ts";
import type { Cli } from "../cli.ts";
import type { AskedFlags, OutputFlags, SetFlags } from "../commands/flags.ts";
import { pluginDirectory } from "../places.ts";
import { placeName } from "../print/event-line.ts";
import { hasChanges, isRefused, plansText } from "../print/plan.ts";
import { askedOf, findHolders, foresee } from "./hand-over.ts";
import { OUTSIDE } from "./host.ts";
import { located } from "./located.ts";
import { type ReadStack, readStacks } from "./read-stack.ts";
import { savePlan } from "./saved-plan.ts";
import { settingsOf } from "./settings.ts";
import { openStage } from "./stage.ts";
import { storeToRead } from "./store-to-read.ts";

export interface PlanFlags extends OutputFlags, SetFlags, AskedFlags {
  readonly out?: string;
}

/** Asks whoever keeps a stack, or looks here; nothing is touched or written. */
export async function planFiles(this: Cli, flags: PlanFlags, ...files: readonly string[]): Promise<void> {
  const stacks = await readStacks(this, files);
  const { handed, free } = await findHolders(this, flags, stacks);
  const asked = askedOf(flags);
  if (flags.out !== undefined && !flags.out.endsWith(".plan")) {
    const detail = "a saved plan is known by its ending";
    throw new MusterError("usage.bad-value", { what: "--out", detail, wanted: "a name that ends with .plan" });
  }
  const known = await Promise.all(handed.map((each) => foresee(each, asked)));
  const plans = [...known, ...(free.length === 0 ? [] : await planHere(this, flags, free))];
  this.out.write(flags.output === "json" ? `${JSON.stringify(plans)}\n` : plansText(plans, this.out));
  if (flags.out !== undefined && !plans.some(isRefused)) await savePlan(this, flags.out, stacks, plans, asked);
  if (plans.some(isRefused)) this.process.exitCode = EXIT.invalid;
  else confirmTold(plans);
  if (plans.some(hasChanges)) this.process.exitCode ??= EXIT.changes;
}

/** What would become of stacks that nobody keeps. Throws what is wrong with one, with its line. */
export async function planHere(
  cli: Cli,
  flags: PlanFlags,
  stacks: readonly ReadStack[],
  onNotice = openStage(cli, flags.output).notice,
): Promise<readonly StackPlan[]> {
  await using parts = new AsyncDisposableStack();
  const store = parts.adopt(storeToRead(cli), (it) => it.close());
  const options = { builtins: builtinsOf(cli.env), settings: settingsOf(cli, flags), outside: OUTSIDE };
  const planner = parts.adopt(
    await openPlanner({ ...options, store, pluginDirectory: pluginDirectory(cli.env), onNotice }),
    (it) => it.close(),
  );
  const plans: StackPlan[] = [];
  for (const read of stacks) {
    try {
      plans.push(await planner.plan(read.document, read.path, askedOf(flags)));
    } catch (thrown) {
      throw located(thrown, read);
    }
  }
  return plans;
}

/** What could not be told is no plan, whatever else was. Throws `look.failed`. */
export function confirmTold(plans: readonly StackPlan[]): void {
  for (const { stack, groups, resources } of plans) {
    for (const { address, trouble } of resources?.untold ?? []) {
      throw new MusterError("look.failed", { name: `resource \`${address}\` of ${stack}`, detail: trouble.message });
    }
    for (const { group, untold } of groups) {
      if (untold === undefined) continue;
      const name = `group \`${placeName(stack, group)}\``;
      throw new MusterError("look.failed", { name, detail: untold.message });
    }
  }
}
