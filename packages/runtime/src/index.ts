export type { GroupController } from "./controller.ts";
export * from "./keeper.ts";
export * from "./ports.ts";
