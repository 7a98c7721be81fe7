export * from "./command.ts";
export * from "./http.ts";
export { masked } from "./masked.ts";
export { readable } from "./reason.ts";
export { type Ended, type Run, run } from "./run.ts";
export * from "./tcp.ts";
