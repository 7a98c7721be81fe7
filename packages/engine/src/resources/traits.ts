import type { Effects } from "@muster/model";

/** What a decision has to know of a type. */
export interface ResourceTraits {
  /** `task`: nothing of it stays; it is due or not. */
  readonly known: "tags" | "claim" | "task";
  readonly effects: Effects;
  readonly irreversible: ReadonlySet<string>;
  readonly unreadable: ReadonlySet<string>;
  readonly unordered: ReadonlySet<string>;
  /** A thing that is there and nobody's can be taken in. */
  readonly adopts: boolean;
  /** A thing can be told that what it rests on has changed. */
  readonly refreshes: boolean;
}
