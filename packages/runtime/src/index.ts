export type { GroupController } from "./controller.ts";
export * from "./keeper.ts";
export * from "./ports.ts";
export { type PreviewDeps, preview } from "./preview.ts";
export { type GivenSettings, openProviders, type Providers, settingsFor } from "./providers.ts";
