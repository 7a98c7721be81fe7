export type { Policy, RepairPolicy, RolloutPolicy } from "@muster/engine";
export { type HostPorts, hostPorts } from "./host-ports.ts";
export * from "./keeper.ts";
export { planStack } from "./plan.ts";
export * from "./ports.ts";
export { preview } from "./preview.ts";
export { type GivenSettings, openProviders, settingsFor, toLook } from "./providers.ts";
export type { Asked } from "./resources/declaring.ts";
export type { ResourcesView } from "./resources/keep.ts";
