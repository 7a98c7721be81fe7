/** `@muster/sdk/testing`: declarations are code, and this is for testing them. */
export type { Declared } from "./declared.ts";
export { type SimulateOptions, simulate, type Thing, type World } from "./simulate.ts";
