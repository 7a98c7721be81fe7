export type { Policy, RepairPolicy, RolloutPolicy } from "@muster/engine";
export type { GroupController } from "./controller.ts";
export * from "./keeper.ts";
export { type Outlook, planStack } from "./plan.ts";
export * from "./ports.ts";
export { type PreviewDeps, preview } from "./preview.ts";
export { type GivenSettings, openProviders, type Providers, settingsFor, toLook } from "./providers.ts";
