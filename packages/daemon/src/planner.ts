/** Plans where no Muster runs: with the plugins that are there, and without leaving a trace. */
import type { Document, StackPlan } from "@muster/model";
import type { Asked } from "@muster/runtime";
import { openCatalogToLook } from "./catalog/to-look.ts";
import { readGiven } from "./checked.ts";
import type { DaemonOptions } from "./options.ts";
import { planGiven } from "./plan.ts";

export type PlannerOptions = Pick<
  DaemonOptions,
  "store" | "builtins" | "settings" | "pluginDirectory" | "outside" | "onNotice"
>;

export interface Planner {
  /** Throws MusterError or MusterErrors where `apply` would refuse the declaration. */
  plan(document: Document, source: string, asked?: Asked): Promise<StackPlan>;
  close(): void;
}

/** Takes no lease and answers at no socket. The store stays open when the planner closes. Throws `daemon.unsafe-directory`. */
export async function assemblePlanner(options: PlannerOptions): Promise<Planner> {
  const { outside, settings, store } = options;
  const catalog = await openCatalogToLook(options);
  return {
    plan: async (document, source, asked) =>
      planGiven(readGiven(document, source), { store, outside, catalog, settings }, undefined, asked),
    close: catalog.close,
  };
}
