/**
 * What to do about one resource: what is declared and what was seen go in, one step or none comes out. `plan`, `drift`,
 * `apply` and `watch` all ask this.
 */
import type {
  Address,
  Cause,
  Consent,
  Observed,
  PlanTrouble,
  Price,
  PropertyChange,
  ResourceDeclaration,
  ResourceEffect,
  ResourceStep,
} from "@muster/model";
import { type AssessedEffects, beginningsOf, differencesOf, type Wanted } from "./differences.ts";
import type { ResourceTraits } from "./traits.ts";

/** What was found of a resource. */
export type Sighting =
  /** `ours`: it bears the mark, or the claim is there. Otherwise nobody has said that it is his. */
  | { readonly kind: "there"; readonly observed: Observed; readonly ours: boolean }
  | { readonly kind: "missing" }
  /** Of a task: why it is to be done. */
  | { readonly kind: "due"; readonly why: string }
  | { readonly kind: "done" };

export interface ResourceSituation {
  readonly resource: ResourceDeclaration;
  readonly want: Wanted;
  readonly traits: ResourceTraits;
  readonly seen: Sighting;
  /** `intentional`: it is declared otherwise than when it was last as declared. */
  readonly cause: Cause;
  /** `observe`: nothing is touched. */
  readonly mode: "enforce" | "observe";
  /** What may be done once though it cannot be taken back. */
  readonly allow: readonly Consent[];
  /** Those that were changed and that it is to be told of. */
  readonly told: readonly Address[];
  /** Why they were changed; missing: as `cause`. */
  readonly toldCause?: Cause;
  /** `pruned`: released, and to go now. `leaving`: its whole stack goes. Of both only what is known to be ours is destroyed. */
  readonly fate: "declared" | "pruned" | "leaving";
  /** What the provider says of the step. */
  readonly assessed?: { readonly effects?: AssessedEffects; readonly downtimeMs?: number; readonly price?: Price };
}

export type DecidedStep = Omit<ResourceStep, "address" | "after">;

/** Undefined: it is as declared. */
export function decideResource(situation: ResourceSituation): DecidedStep | undefined {
  const due = dueOf(situation);
  if (due === undefined) return undefined;
  const { assessed, toldCause } = situation;
  const cause = due.effect === "refresh" && toldCause !== undefined ? toldCause : situation.cause;
  const { downtimeMs, price } = assessed ?? {};
  const step: DecidedStep = {
    ...due,
    cause,
    ...(downtimeMs === undefined || !isAway(due.effect) ? {} : { downtimeMs }),
    ...(price === undefined ? {} : { price }),
  };
  const held = heldBy(step, situation);
  return held === undefined ? step : { ...step, ...held };
}

type Due = Pick<ResourceStep, "effect" | "id" | "why" | "changes" | "next">;

const WHY_ABSENT = {
  declared: "declared absent",
  pruned: "no longer declared",
  leaving: "its stack is destroyed",
} as const;

function dueOf({ resource, want, traits, seen, told, fate, assessed }: ResourceSituation): Due | undefined {
  switch (seen.kind) {
    case "done":
      return told.length === 0 ? undefined : { effect: "refresh", why: whyTold(told), changes: [] };
    case "due":
      return { effect: "run", why: seen.why, changes: [] };
    case "missing":
      if (resource.ensure === "absent") return undefined;
      return { effect: "create", why: "missing", changes: beginningsOf(want, traits) };
    case "there": {
      const { observed, ours } = seen;
      const { id } = observed;
      if (resource.ensure === "absent") {
        if (!ours && fate !== "declared") return undefined;
        return { effect: "destroy", id, why: WHY_ABSENT[fate], changes: [] };
      }
      const changes = differencesOf(want, observed, resource.ignore, traits, assessed?.effects);
      if (!ours) return adopting(id, changes, traits);
      if (changes.length > 0) return changing(id, changes);
      if (told.length === 0 || !traits.refreshes) return undefined;
      return { effect: "refresh", id, why: whyTold(told), changes: [] };
    }
  }
}

function adopting(id: string, changes: readonly PropertyChange[], { adopts }: ResourceTraits): Due {
  const why = "there already, and nobody's";
  if (!adopts) {
    const next = "Take it away by hand, or declare the resource under another name.";
    return { effect: "impossible", id, why: "there already, and things of its type cannot be taken in", changes, next };
  }
  const change = changes.length === 0 ? undefined : changing(id, changes);
  if (change?.effect === "impossible" || change?.effect === "replace") return change;
  return { effect: "adopt", id, why, changes };
}

/** The strongest effect of all its changes is that of the step. */
function changing(id: string, changes: readonly PropertyChange[]): Due {
  const why = `${changes.map(({ property }) => property).join(", ")} ${changes.length === 1 ? "differs" : "differ"}`;
  const never = changes.find(({ effect }) => effect === "impossible");
  if (never !== undefined) {
    const { property, reason } = never;
    const next = never.next ?? `Declare \`${property}\` as it is, or leave it out: then it is not managed.`;
    return { effect: "impossible", id, why: reason ?? `\`${property}\` can never be changed`, changes, next };
  }
  const effect = (["replace", "restart"] as const).find((each) => changes.some((change) => change.effect === each));
  return { effect: effect ?? "in-place", id, why, changes };
}

function whyTold(told: readonly Address[]): string {
  const [first, ...others] = told;
  return others.length === 0 ? `${first} has changed` : `${first} and ${others.length} more have changed`;
}

function isAway(effect: ResourceEffect): boolean {
  return effect === "restart" || effect === "replace";
}

type Hold = { readonly held: PlanTrouble; readonly next: string };

/** Why a step that is due is not done. The first reason is told that a person can do the least about. */
function heldBy(step: DecidedStep, { resource, mode, allow }: ResourceSituation): Hold | undefined {
  if (mode === "observe") {
    return hold("observe", "the stack is only observed", "Declare `mode: enforce` to have it done.");
  }
  const { address, onDrift, protect } = resource;
  // Whoever is only told of another one has not drifted.
  const isDrift = step.cause === "corrective" && step.effect !== "refresh";
  const reported =
    isDrift && onDrift === "report"
      ? hold("reported", "drift of it is only reported", "Declare `onDrift: repair`, or put it right by hand.")
      : undefined;
  if (step.effect === "impossible") return reported;
  if (protect && (step.effect === "destroy" || step.effect === "replace")) {
    const fix = `Take \`protect\` away from ${address}, and apply that first.`;
    return hold("protected", `${address} is protected, and this destroys it`, fix);
  }
  if (reported !== undefined) return reported;
  const allowed = new Set([...allow, ...resource.allow]);
  if (step.effect === "replace" && !allowed.has("replace")) {
    const fix = "Say `--allow replace`, or declare `allow: [replace]` with it.";
    return hold("needs-consent", "it is destroyed and made anew: what is on it is lost", fix);
  }
  const forEver =
    step.effect === "replace" ? undefined : step.changes.find(({ irreversible }) => irreversible === true);
  if (forEver !== undefined && step.effect !== "create" && !allowed.has("irreversible")) {
    const fix = "Say `--allow irreversible`, or declare `allow: [irreversible]` with it.";
    return hold("needs-consent", `\`${forEver.property}\` can never be changed back`, fix);
  }
  return undefined;
}

function hold(reason: string, message: string, next: string): Hold {
  return { held: { reason, message }, next };
}
