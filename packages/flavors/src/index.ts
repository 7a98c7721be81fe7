export * from "./built-in.ts";
export * from "./combo.ts";
export * from "./command.ts";
export * from "./environment.ts";
export * from "./hooks.ts";
export * from "./http.ts";
export * from "./vanilla.ts";
