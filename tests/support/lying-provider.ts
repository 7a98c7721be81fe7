import { bears, type JsonObject, type Observed, type Tags, type Verdict } from "@muster/model";
import { type Flavor, ProviderError, type TaggedType } from "@muster/plugin";
import { z } from "zod";

/** A provider that keeps its instances in memory and can be told to behave as badly as real ones do. */
export interface LyingWorld {
  readonly instances: Map<string, Observed>;
  /** How often each call was made. */
  readonly calls: { create: number; update: number; destroy: number; list: number; drain: number };
  /** A new instance is missing from lists for so long, and a destroyed one still shown. Milliseconds. */
  lagMs: number;
  /** What happens before a create is carried out. */
  beforeCreate: () => Promise<void>;
  /** What happens before a create is answered; it has been carried out by then. */
  beforeAnswer: () => Promise<void>;
  /** What happens before a list is answered. */
  beforeList: () => Promise<void>;
  /** Whom a list shows of those that are there. */
  lists: (instances: readonly Observed[]) => readonly Observed[];
  /** What is kept of what an update asks for. */
  writes: (properties: JsonObject) => JsonObject;
  /** What happens when a member is to be drained. */
  onDrain: () => Promise<void>;
  health: (instance: Observed) => Verdict;
  readonly type: TaggedType;
  readonly flavor: Flavor;
}

const nothing = async () => undefined;

export function lyingWorld(settleMs = 0): LyingWorld {
  const born = new Map<string, number>();
  const buried = new Map<string, { readonly at: number; readonly instance: Observed }>();
  let next = 0;

  const world: LyingWorld = {
    instances: new Map(),
    calls: { create: 0, update: 0, destroy: 0, list: 0, drain: 0 },
    lagMs: 0,
    beforeCreate: nothing,
    beforeAnswer: nothing,
    beforeList: nothing,
    lists: (instances) => instances,
    writes: (properties) => properties,
    onDrain: nothing,
    health: () => ({ kind: "pass" }),
    type: {
      name: "lying",
      summary: "Instances in memory, behind a provider that lies",
      known: "tags",
      schema: z.record(z.string(), z.json()),
      settings: z.record(z.string(), z.json()),
      effects: { label: "in-place" },
      settleMs,
      local: settleMs === 0,
      open: async () => ({ known: "tags", scope: "memory", list, create, update, destroy }),
    },
    flavor: {
      name: "asked",
      summary: "Healthy as the test says",
      schema: z.record(z.string(), z.json()),
      effects: { note: "in-place" },
      health: async (instance) => world.health(instance),
      async drain() {
        world.calls.drain++;
        await world.onDrain();
      },
    },
  };

  async function* list(by: Tags): AsyncIterable<readonly Observed[]> {
    world.calls.list++;
    await world.beforeList();
    const now = Date.now();
    const shown = [...world.instances.values()].filter(({ id }) => (born.get(id) ?? 0) + world.lagMs <= now);
    const ghosts = [...buried.values()].filter(({ at }) => at + world.lagMs > now).map(({ instance }) => instance);
    yield world.lists([...shown, ...ghosts]).filter(({ tags }) => bears(tags, by));
  }

  async function create(properties: JsonObject, tags: Tags): Promise<{ id: string }> {
    world.calls.create++;
    await world.beforeCreate();
    const id = `lie-${String(next++).padStart(4, "0")}`;
    born.set(id, Date.now());
    world.instances.set(id, { id, tags, phase: "running", properties, since: Date.now() });
    await world.beforeAnswer();
    return { id };
  }

  async function update({ id }: Observed, properties: JsonObject): Promise<void> {
    world.calls.update++;
    const instance = world.instances.get(id);
    if (instance !== undefined) world.instances.set(id, { ...instance, properties: world.writes(properties) });
  }

  async function destroy(id: string): Promise<void> {
    world.calls.destroy++;
    const instance = world.instances.get(id);
    if (instance !== undefined) buried.set(id, { at: Date.now(), instance });
    world.instances.delete(id);
  }

  return world;
}

/** The answer was lost on the way: it may have been done. */
export async function loseAnswer(): Promise<never> {
  throw new ProviderError("unknown", "the connection was closed before the answer came");
}

/** A gate that holds whoever comes until it is opened. */
export function gate(): { pass: () => Promise<void>; open: () => void; waiting: () => number } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let waiting = 0;
  return {
    async pass() {
      waiting++;
      await promise;
    },
    open: resolve,
    waiting: () => waiting,
  };
}
