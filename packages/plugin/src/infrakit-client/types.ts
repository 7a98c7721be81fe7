import { canonical, isObject, type JsonObject, type Observed, type Tags, type Verdict } from "@muster/model";
import { z } from "zod";
import { CallError, type Caller, type Purpose, providerErrorOf } from "../client/caller.ts";
import { noSettings } from "../client/types.ts";
import type { FailureKind, Flavor, Member, TaggedProvider, TaggedType } from "../contract.ts";
import { allocationOf } from "../infrakit/allocation.ts";
import { describe, instanceSpec, observedOf, specOf, wantOf } from "../infrakit/spec.ts";
import { WrongField } from "../wire/fields.ts";
import type { FlavorCalls, InstanceCalls } from "./calls.ts";

/** InfraKit's plugins say nothing about how far their lists lag. Milliseconds; long enough for a cloud's. */
const SETTLE = 60_000;

/** An instance plugin of InfraKit's as a type. Nothing is known of how to change an instance: all is had by replacing. */
export function infrakitType(name: string, calls: InstanceCalls, caller: Caller): TaggedType {
  return {
    known: "tags",
    name,
    summary: `instances of the InfraKit plugin ${caller.name}`,
    schema: instanceSpec,
    settings: noSettings,
    effects: {},
    settleMs: SETTLE,
    local: false,
    open: async (_settings, io) => infrakitProvider(name, calls, caller, io.now),
  };
}

function infrakitProvider(name: string, calls: InstanceCalls, caller: Caller, now: () => number): TaggedProvider {
  const { label } = calls;
  const sinceFirst = rememberFirst();
  return {
    known: "tags",
    scope: `InfraKit plugin ${name}`,
    validate: (want) => attempt(caller, "ask", () => calls.validate(propertiesOf(want)), "invalid"),
    async *list(by, { signal }) {
      yield await attempt(caller, "ask", async () => {
        return sinceFirst(
          by,
          (await calls.describe(by, signal)).map((each) => observedOf(each, now())),
        );
      });
    },
    async create(want, tags, { signal }) {
      return { id: await attempt(caller, "act", () => calls.provision(specOf(want, tags), signal)) };
    },
    destroy: (id, { signal }) => destroy(caller, calls, id, signal),
    ...(label === undefined
      ? {}
      : { retag: (id, tags, { signal }) => attempt(caller, "act", () => label(id, tags, signal)) }),
  };
}

/**
 * InfraKit does not tell since when an instance is there: it is since it was first listed. Remembered by what was asked
 * for, so that what is gone is forgotten with the next list.
 */
function rememberFirst(): (by: Tags, listed: readonly Observed[]) => readonly Observed[] {
  const lists = new Map<string, ReadonlyMap<string, number>>();
  return (by, listed) => {
    const asked = canonical(by);
    const before = lists.get(asked);
    const known = listed.map((each) => ({ ...each, since: before?.get(each.id) ?? each.since }));
    lists.set(asked, new Map(known.map(({ id, since }) => [id, since])));
    return known;
  };
}

/** To InfraKit's plugins it is an error when the instance is gone already; to Muster it is done. */
async function destroy(caller: Caller, calls: InstanceCalls, id: string, signal: AbortSignal): Promise<void> {
  return attempt(caller, "act", async () => {
    try {
      await calls.destroy(id, signal);
    } catch (thrown) {
      if (!(thrown instanceof CallError) || thrown.outcome !== "no") throw thrown;
      const left = await calls.describe({}, signal);
      if (left.some((each) => observedOf(each, 0).id === id)) throw thrown;
    }
  });
}

function propertiesOf(want: JsonObject): JsonObject {
  const { properties } = want;
  return isObject(properties) ? properties : {};
}

const anyProperties: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** A flavor plugin of InfraKit's. Its properties are its own business. */
export function infrakitFlavor(name: string, calls: FlavorCalls, caller: Caller): Flavor {
  const { drain } = calls;
  return {
    name,
    summary: `how the InfraKit plugin ${caller.name} treats instances`,
    schema: anyProperties,
    effects: {},
    validate: (flavor, slots) => attempt(caller, "ask", () => calls.validate(flavor, allocationOf(slots)), "invalid"),
    prepare: (want, member, flavor) => attempt(caller, "act", () => prepare(calls, want, member, flavor)),
    health: (observed, flavor) => attempt<Verdict>(caller, "ask", () => calls.healthy(flavor, described(observed))),
    ...(drain === undefined
      ? {}
      : {
          drain: (observed, flavor, { signal }) =>
            attempt(caller, "act", () => drain(flavor, described(observed), signal)),
        }),
  };
}

async function prepare(calls: FlavorCalls, want: JsonObject, member: Member, flavor: JsonObject): Promise<JsonObject> {
  const named = member.slots.kind === "named";
  const sequence = Number.parseInt(member.slot, 10);
  const spec = { ...specOf(want, {}), LogicalID: named ? member.slot : null };
  const index = { Group: member.group, Sequence: named || Number.isNaN(sequence) ? 0 : sequence };
  const prepared = await calls.prepare(flavor, spec, allocationOf(member.slots), index);
  // The place is the group's business; it comes back with the mark when the instance is made.
  const { want: ready, tags } = wantOf({ ...prepared, LogicalID: null });
  return { ...ready, ...(Object.keys(tags).length === 0 ? {} : { tags }) };
}

function described(observed: Observed): JsonObject {
  return describe(observed, true);
}

/** Whatever goes wrong is a `ProviderError`; a field of another kind is an answer that cannot be used. */
async function attempt<T>(
  caller: Caller,
  purpose: Purpose,
  call: () => Promise<T>,
  otherwise?: FailureKind,
): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    const told = thrown instanceof WrongField ? caller.unusable("the call", thrown.message) : thrown;
    throw providerErrorOf(told, purpose, otherwise);
  }
}
