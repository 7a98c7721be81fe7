export { exitOf } from "./ends.ts";
export { assertNobodyListens, portsIn } from "./ports.ts";
export * from "./process.ts";
export * from "./processes.ts";
export * from "./properties.ts";
export type { Life, Sighting } from "./sightings.ts";
export type { Environment } from "./surroundings.ts";
