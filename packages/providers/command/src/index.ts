export * from "./command-task.ts";
export * from "./properties.ts";
