export * from "./command.ts";
export * from "./http.ts";
export * from "./tcp.ts";
