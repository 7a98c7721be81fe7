export * from "./alive.ts";
export * from "./chain.ts";
export * from "./contract.ts";
export * from "./locations.ts";
export * from "./memory.ts";
export * from "./sqlite/store.ts";
