export * from "./process.ts";
export * from "./properties.ts";
