/** What the history is told of resources. Texts that may be anybody's business are told by their length and digest only. */
import type { DecidedStep } from "@muster/engine";
import {
  type Address,
  type EventDraft,
  type EventType,
  isObject,
  type Json,
  type JsonObject,
  type PropertyChange,
  type ResourceEffect,
  sha256,
} from "@muster/model";
import { MUSTER } from "../events.ts";

const DONE: Readonly<
  Record<Exclude<ResourceEffect, "impossible">, { readonly type: EventType; readonly verb: string }>
> = {
  create: { type: "resource.created", verb: "made" },
  adopt: { type: "resource.adopted", verb: "taken in" },
  "in-place": { type: "resource.changed", verb: "changed" },
  restart: { type: "resource.changed", verb: "changed, with a restart" },
  replace: { type: "resource.replaced", verb: "replaced" },
  destroy: { type: "resource.destroyed", verb: "destroyed" },
  run: { type: "resource.ran", verb: "run" },
  refresh: { type: "resource.refreshed", verb: "told" },
};

/** A step that is about to be done. */
export function decidedOf(address: Address, { effect, cause, why, id }: DecidedStep): EventDraft {
  const instance = id === undefined ? {} : { instance: id };
  return {
    type: "resource.decided",
    resource: address,
    actor: MUSTER,
    cause,
    message: `${address}: ${effect} (${why})`,
    ...instance,
  };
}

export function doneOf(address: Address, step: DecidedStep, id: string | undefined): EventDraft {
  const { type, verb } = step.effect === "impossible" ? DONE["in-place"] : DONE[step.effect];
  const [before, after] = [shownOf(step.changes, "before"), shownOf(step.changes, "after")];
  return {
    ...{ type, resource: address, actor: MUSTER, cause: step.cause, message: `${address} ${verb} (${step.why})` },
    ...(id === undefined ? {} : { instance: id }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

export function failedOf(address: Address, { effect, cause }: DecidedStep, reason: string): EventDraft {
  return {
    type: "resource.failed",
    resource: address,
    actor: MUSTER,
    cause,
    message: `${address}: ${effect} failed: ${reason}`,
  };
}

export function driftedOf(address: Address, { why }: DecidedStep, held: string): EventDraft {
  return {
    type: "resource.drifted",
    resource: address,
    actor: MUSTER,
    cause: "corrective",
    message: `${address}: ${why}; ${held}`,
  };
}

/** It was this thing, and is another from now on. */
export function leftOf(address: Address, id: string): EventDraft {
  return {
    type: "resource.released",
    resource: address,
    actor: MUSTER,
    cause: "intentional",
    message: `${address} is another from now on; ${id} stays`,
    instance: id,
  };
}

/** @param prune it does not stay */
export function releasedOf(address: Address, actor: string, prune: boolean): EventDraft {
  return {
    type: "resource.released",
    resource: address,
    actor,
    cause: "intentional",
    message: `${address} is no longer declared; ${prune ? "to be destroyed" : "it stays"}`,
  };
}

function shownOf(changes: readonly PropertyChange[], side: "before" | "after"): JsonObject | undefined {
  const shown = changes.flatMap((change): [string, Json][] => {
    const value = change.secret === true ? undefined : change[side];
    return value === undefined ? [] : [[change.property, shortened(value)]];
  });
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
}

/** So long a text on one line is told as it is. */
const SHORT = 120;

function shortened(value: Json): Json {
  if (typeof value === "string") {
    if (value.length <= SHORT && !value.includes("\n")) return value;
    return `${value.length} characters, sha256 ${sha256(value).slice(0, 12)}`;
  }
  if (Array.isArray(value)) return value.map(shortened);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
}
