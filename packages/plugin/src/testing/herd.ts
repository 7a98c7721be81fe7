import { bears, isObject, type JsonObject, type Observed, type Tags } from "@muster/model";
import { z } from "zod";
import { type Flavor, type Io, ProviderError, type TaggedProvider, type TaggedType } from "../contract.ts";
import { instanceSpec } from "../infrakit/spec.ts";

export const io: Io = {
  now: () => Date.now(),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

export const herdType: TaggedType = {
  known: "tags",
  name: "herd",
  summary: "instances that live in memory",
  schema: instanceSpec,
  settings: z.strictObject({}),
  effects: {},
  settleMs: 0,
  local: true,
  open: async () => herd(),
};

export interface Herd extends TaggedProvider {
  /** Puts an instance there as if somebody had made it before. */
  put(observed: Observed): void;
  readonly instances: ReadonlyMap<string, Observed>;
}

/** A real provider whose instances live in memory. Properties with the key `refuse` can never be made. */
export function herd(): Herd {
  const instances = new Map<string, Observed>();
  const wakes = new Set<() => void>();
  let last = 0;

  function change(id: string, observed: Observed | undefined): void {
    if (observed === undefined) instances.delete(id);
    else instances.set(id, observed);
    for (const wake of wakes) wake();
  }

  return {
    known: "tags",
    scope: "memory",
    instances,
    put: (observed) => change(observed.id, observed),
    async validate(want) {
      if (isObject(want.properties) && "refuse" in want.properties) throw new ProviderError("invalid", "refused");
    },
    async create(want, tags) {
      const id = `instance-${++last}`;
      change(id, { id, tags, phase: "running", properties: want, since: 1 });
      return { id };
    },
    async destroy(id) {
      change(id, undefined);
    },
    async read(id) {
      return instances.get(id);
    },
    async retag(id, tags) {
      const found = instances.get(id);
      if (found !== undefined) change(id, { ...found, tags: { ...found.tags, ...tags } });
    },
    async *list(by: Tags) {
      yield [...instances.values()].filter((each) => bears(each.tags, by));
    },
    watch(wake, signal) {
      wakes.add(wake);
      signal.addEventListener("abort", () => wakes.delete(wake), { once: true });
    },
  };
}

const plainSchema: z.ZodType<JsonObject> = z.strictObject({
  init: z.array(z.string()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
});

/** A flavor as plain as InfraKit's `vanilla`; `healthy` and `drained` are what it answers and does besides. */
export function plainFlavor(more: Pick<Flavor, "validate" | "health" | "started" | "drain"> = {}): Flavor {
  return {
    name: "plain",
    summary: "adds lines and tags",
    schema: plainSchema,
    effects: {},
    async prepare(want, _member, flavor) {
      const lines = [want.init, ...(Array.isArray(flavor.init) ? flavor.init : [])].filter(Boolean);
      const own = isObject(want.tags ?? null) ? want.tags : {};
      const added = isObject(flavor.tags ?? null) ? flavor.tags : {};
      return { ...want, init: lines.join("\n"), tags: { ...(own as JsonObject), ...(added as JsonObject) } };
    },
    ...more,
  };
}
