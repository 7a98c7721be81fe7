export * from "./combo.ts";
export * from "./vanilla.ts";
