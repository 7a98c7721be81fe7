export * from "./agreed.ts";
export type { Openers } from "./ask-resources.ts";
export * from "./by-schema.ts";
export * from "./check.ts";
export { checksOf } from "./checks.ts";
export { checksText } from "./checks-text.ts";
export * from "./declarable.ts";
export * from "./edit.ts";
export {
  type EntryLanguage,
  entriesText,
  type ResourceEntry,
  resourcesOf,
  withEntries,
} from "./entries.ts";
export type { Evidence } from "./evidence.ts";
export * from "./given.ts";
export * from "./grammar.ts";
export * from "./kind.ts";
export * from "./read.ts";
export { type AskThing, resourceKinds, type ThingFound } from "./resource-kinds.ts";
export * from "./source.ts";
export * from "./stack.ts";
export * from "./stack-schema.ts";
export { readStories, type Stories, type Story } from "./stories.ts";
export { type TryDeclaration, triesOf } from "./tries.ts";
