import { bears, type JsonObject, type Observed } from "@muster/model";
import { z } from "zod";
import type { ClaimedProvider, ClaimedType, Flavor, TaggedProvider, TaggedType } from "../contract.ts";
import { ProviderError } from "../contract.ts";
import { type Voices, voices } from "./moo.ts";
import { VET_TOOLS, vet } from "./vet.ts";

const schema: z.ZodType<JsonObject> = z.strictObject({
  name: z.string().min(3),
  weight: z.number().optional(),
  friends: z.array(z.string()).optional(),
  brand: z.string().optional(),
});

/** A type with everything that a type can offer; its things live in memory. */
export const cattleType: TaggedType = {
  known: "tags",
  naming: "name",
  name: "cattle",
  family: "livestock",
  summary: "cows in memory",
  schema,
  outputs: z.strictObject({ sound: z.string() }),
  settings: z.strictObject({}),
  effects: { weight: "in-place", friends: "in-place", brand: "in-place" },
  irreversible: ["brand"],
  unreadable: ["brand"],
  unordered: ["friends"],
  settleMs: 0,
  local: true,
  tools: VET_TOOLS,
  open: async () => cattle(),
};

interface Memory {
  readonly things: Map<string, Observed>;
  set(id: string, thing: Observed | undefined): void;
  watch(wake: () => void, signal: AbortSignal): void;
}

function memory(): Memory {
  const things = new Map<string, Observed>();
  const wakes = new Set<() => void>();
  return {
    things,
    set(id, thing) {
      if (thing === undefined) things.delete(id);
      else things.set(id, thing);
      for (const wake of wakes) wake();
    },
    watch(wake, signal) {
      wakes.add(wake);
      signal.addEventListener("abort", () => wakes.delete(wake), { once: true });
    },
  };
}

export interface Cattle extends TaggedProvider, Pick<Voices, "say"> {
  readonly things: ReadonlyMap<string, Observed>;
  set(id: string, thing: Observed | undefined): void;
}

/** Everything that can be asked over a socket. */
export type WholeCattle = Cattle & Required<TaggedProvider>;

/** What there is to see of a cow: its brand is under its hair. */
function shown({ brand: _, ...properties }: JsonObject): JsonObject {
  return { ...properties, sound: "moo" };
}

export function cattle(): WholeCattle {
  const { things, set, watch } = memory();
  const herd = voices(things, watch);
  return {
    ...herd,
    tool: vet(things, herd, set),
    known: "tags",
    scope: "memory",
    things,
    set,
    watch,
    async validate() {
      return;
    },
    /** A cow's name never comes to mean something else. */
    pin: async () => ({}),
    async *list(by) {
      const found = [...things.values()].filter((each) => bears(each.tags, by));
      yield found.slice(0, 2);
      yield found.slice(2);
    },
    read: async (id) => things.get(id),
    async create(want, tags, { digests = {} }) {
      const id = crypto.randomUUID();
      set(id, { id, tags, phase: "running", properties: shown(want), digests, since: Date.now() });
      return { id };
    },
    async update({ id }, want, { digests }) {
      const found = things.get(id);
      if (found === undefined) return;
      set(id, { ...found, properties: shown(want), digests: { ...found.digests, ...digests } });
    },
    /** A cow eats as much as it weighs: what it costs can be told. */
    assess: async (from, { weight }) => ({
      ...(from === undefined || weight === undefined ? {} : { downtimeMs: 1_000 }),
      ...(typeof weight === "number" ? { price: { after: weight } } : {}),
    }),
    async refresh({ id }) {
      herd.say(id, "heard of it");
    },
    async retag(id, tags) {
      const found = things.get(id);
      if (found !== undefined) set(id, { ...found, tags: { ...found.tags, ...tags } });
    },
    destroy: async (id) => set(id, undefined),
    close: async () => undefined,
  };
}

/** The same, known by their names. */
export const namedCattleType: ClaimedType = {
  ...cattleType,
  known: "claim",
  naming: "name",
  open: async () => namedCattle(),
};

export function namedCattle(): ClaimedProvider & Pick<Cattle, "things" | "set"> {
  const { things, set, watch } = memory();
  return {
    known: "claim",
    scope: "memory",
    things,
    set,
    watch,
    read: async (id) => things.get(id),
    async *list() {
      yield [...things.values()];
    },
    async create(want, _tags, { digests = {} }) {
      const id = String(want["name"]);
      if (things.has(id)) throw new ProviderError("conflict", `${id} is there already`);
      set(id, { id, tags: {}, phase: "running", properties: shown(want), digests, since: Date.now() });
      return { id };
    },
    async update({ id }, want, { digests }) {
      const found = things.get(id);
      if (found === undefined) return;
      set(id, { ...found, properties: shown(want), digests: { ...found.digests, ...digests } });
    },
    destroy: async (id) => set(id, undefined),
  };
}

/** A flavor with everything that a flavor can offer. */
export const kindFlavor: Flavor = {
  name: "kind",
  summary: "treats cows kindly",
  schema: z.strictObject({ call: z.string().optional() }),
  effects: {},
  validate: async () => undefined,
  prepare: async (want, member) => ({ ...want, called: `${member.group}-${member.slot}` }),
  health: async () => ({ kind: "pass" }),
  started: async () => undefined,
  drain: async () => undefined,
};
