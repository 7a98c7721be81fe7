export { ProviderError } from "@muster/plugin";
export { z } from "zod";
export * from "./plugin.ts";
export * from "./plugin-definition.ts";
export * from "./plugin-load.ts";
export * from "./plugin-open.ts";
export * from "./plugin-run.ts";
export type * from "./policies.ts";
export * from "./stack.ts";
