/** The door for whoever only reads checks: what knows of types and stacks is not loaded. */
export { checksOf } from "./checks.ts";
export { readDocument } from "./read.ts";
export type { SourceDocument } from "./source.ts";
