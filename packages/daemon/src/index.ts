export type { CheckToAsk, Said, State, StateAnswer, Thing, Things, WeighedWish, Wish } from "@muster/runtime";
export * from "./api.ts";
export type { AskedToApply } from "./apply.ts";
export type {
  DeclaredPropertyView,
  ReadPropertyView,
  SettingView,
  TypeDetail,
  TypeView,
} from "./catalog/type-view.ts";
export { checksAsker } from "./checks/asker.ts";
export * from "./follow-file.ts";
export { keepSocket, type Listener } from "./http/socket.ts";
export type { Inspector } from "./inspector.ts";
export type { Daemon, DaemonOptions, Notice } from "./options.ts";
export type { Planner, PlannerOptions } from "./planner.ts";
export * from "./plugin-state.ts";
export * from "./start.ts";
