export * from "./by-schema.ts";
export * from "./check.ts";
export type { GivenSettings } from "./check-settings.ts";
export * from "./edit.ts";
export * from "./kind.ts";
export * from "./read.ts";
export * from "./source.ts";
export * from "./stack.ts";
export * from "./stack-schema.ts";
