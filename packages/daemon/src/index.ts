export * from "./api.ts";
export * from "./follow-file.ts";
export type { Daemon, DaemonOptions, Notice } from "./options.ts";
export type { Planner, PlannerOptions } from "./planner.ts";
export * from "./plugin-state.ts";
export * from "./start.ts";
