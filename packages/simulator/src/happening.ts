import type { Event, JsonObject, Observed, Status, Tags, Verdict } from "@muster/model";
import type { FailureKind } from "@muster/plugin";
import type { Declaration } from "@muster/store";

export type Verb = "create" | "update" | "destroy";

/** A thing as a list showed it. */
export type Shown = Observed;

/** Something that happened in a simulation, told by the world, the store or the people: never by the engine. */
export type Happening = { readonly at: number } & Told;

export type Told =
  /** Muster's process begins; a life ends by a crash or by being closed. */
  | { readonly kind: "started"; readonly life: number }
  /** It has taken the stack. */
  | { readonly kind: "holds"; readonly life: number }
  /** It is stopped, and goes on. */
  | { readonly kind: "froze"; readonly life: number; readonly ms: number }
  | { readonly kind: "thawed"; readonly life: number }
  | { readonly kind: "crashed"; readonly life: number; readonly point: string }
  | { readonly kind: "closed"; readonly life: number }
  /** A person does something, and is told that it was written down. */
  | { readonly kind: "asked"; readonly what: string; readonly doomed: readonly string[] }
  | { readonly kind: "acknowledged"; readonly what: string; readonly released: string | undefined }
  | { readonly kind: "refused"; readonly what: string; readonly why: string }
  /** By other hands than Muster's. */
  | { readonly kind: "befell"; readonly what: "died" | "fell" | "killed" | "sickened" | "healed"; readonly id: string }
  /** A provider is called, does it, and answers. `id` is the thing's; a create has none yet. */
  | {
      readonly kind: "called";
      readonly life: number;
      readonly call: number;
      readonly verb: Verb;
      readonly id: string;
      readonly tags: Tags;
      /** What is to be made, or what the thing is to be. */
      readonly want?: JsonObject;
    }
  | { readonly kind: "took"; readonly call: number; readonly verb: Verb; readonly id: string; readonly idle: boolean }
  | {
      readonly kind: "answered";
      readonly call: number;
      readonly how: "done" | FailureKind;
      /** It may still take effect afterwards. */
      readonly late: boolean;
    }
  /** A call whose caller has died: it takes effect until `latest`, if ever. */
  | { readonly kind: "abandoned"; readonly call: number; readonly late: boolean }
  /** A whole list was shown. */
  | {
      readonly kind: "looked";
      readonly life: number;
      readonly group: string;
      readonly began: number;
      readonly shown: readonly Shown[];
    }
  /** What was said of the health of some, all at the same moment. */
  | {
      readonly kind: "judged";
      readonly life: number;
      readonly verdicts: readonly (readonly [id: string, verdict: Verdict])[];
    }
  /** The store wrote something under a lease. */
  | {
      readonly kind: "wrote";
      readonly life: number;
      readonly declaration?: Declaration | null;
      readonly memory: JsonObject;
      readonly events: readonly Event[];
    }
  /** It refused to write, and has written nothing. */
  | { readonly kind: "unwritten"; readonly life: number; readonly why: string }
  | { readonly kind: "status"; readonly life: number; readonly group: string; readonly status: Status }
  /** From here on nothing goes wrong any more, and nobody does anything. */
  | { readonly kind: "calmed" }
  /** Everything is as declared, in truth; from here on Muster should do nothing but look. */
  | { readonly kind: "rested" }
  | { readonly kind: "ended" };

export type Tell = (told: Told) => void;

/** Whoever tells something has made it for that: the time is put on it, for to copy it would take longer than to watch it. */
export function happened(told: Told & { at?: number }, at: number): Happening {
  told.at = at;
  return told as Happening;
}
