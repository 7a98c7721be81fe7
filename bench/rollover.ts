import { randomBytes } from "node:crypto";
import { grammar } from "@muster/declaration";
import { reconcile, type Situation } from "@muster/engine";
import { vanilla } from "@muster/flavors";
import { type Document, isConverged, type JsonObject, type Observed, type Tags } from "@muster/model";
import type { Catalog, TaggedProvider, TaggedType } from "@muster/plugin";
import { keepStack, systemClock } from "@muster/runtime";
import { memoryStore, thisProcess } from "@muster/store";
import { z } from "zod";
import { type Row, round } from "./table.ts";

const MEMBERS = 100_000;
const BOUND_MS = 10_000;

/**
 * A group of 100,000 instances of a simulated provider rolled over by the production runtime, ten per cent at a time: the
 * time inside the engine, over all passes, beside a bare loop that keeps the same look in the same waves.
 */
export async function rollover(): Promise<readonly Row[]> {
  const world = simulatedWorld();
  const spent = { ms: 0, passes: 0, most: 0 };
  const kept = await keep(world, (situation) => {
    const start = performance.now();
    const decided = reconcile(situation);
    const took = performance.now() - start;
    spent.ms += took;
    spent.passes++;
    spent.most = Math.max(spent.most, took);
    return decided;
  });
  await kept.converged(await kept.declare("v1"));
  Object.assign(spent, { ms: 0, passes: 0, most: 0 });
  await kept.converged(await kept.declare("v2"));
  await kept.close();
  if (!world.allAre("v2")) throw new Error("not everybody was changed");
  const bare = bareWaves(world.things(), spent.passes);
  return [
    {
      what: `${MEMBERS} instances rolled over, maxSurge 10 %: engine time`,
      ours: `${round(spent.ms)} ms in ${spent.passes} passes, the longest ${round(spent.most)} ms`,
      compared: `as many bare passes over the members: ${round(bare)} ms`,
      figure: spent.ms,
      bound: BOUND_MS,
      unit: "ms",
    },
  ];
}

/** What any loop must do at least, so many times: ask each member for its version and note its place. */
function bareWaves(things: readonly Observed<JsonObject>[], passes: number): number {
  const start = performance.now();
  let changed = 0;
  for (let pass = 0; pass < passes; pass++) {
    const places = new Set<string>();
    for (const { tags } of things) {
      places.add(tags["muster.slot"] ?? "");
      if (tags["muster.revision"] !== "v2") changed++;
    }
    changed += places.size;
  }
  if (changed === 0) throw new Error("nothing was looked at");
  return performance.now() - start;
}

interface World {
  readonly type: TaggedType;
  things(): readonly Observed<JsonObject>[];
  allAre(image: string): boolean;
}

/** Things that are there at once when they are made, and gone when they are destroyed. */
function simulatedWorld(): World {
  const things = new Map<string, Observed<JsonObject>>();
  let made = 0;
  const provider: TaggedProvider = {
    known: "tags",
    scope: "nowhere",
    async *list() {
      yield [...things.values()];
    },
    async create(properties: JsonObject, tags: Tags) {
      const id = `thing-${made++}`;
      things.set(id, { id, tags, phase: "running", properties, since: Date.now() });
      return { id };
    },
    async destroy(id) {
      things.delete(id);
    },
  };
  return {
    type: {
      known: "tags",
      name: "thing",
      summary: "A thing that is only remembered",
      schema: z.record(z.string(), z.json()),
      settings: z.record(z.string(), z.json()),
      effects: {},
      settleMs: 0,
      local: true,
      open: async () => provider,
    },
    things: () => [...things.values()],
    allAre: (image) => [...things.values()].every(({ properties }) => properties["image"] === image),
  };
}

async function keep({ type }: World, decide: (situation: Situation) => ReturnType<typeof reconcile>) {
  const catalog: Catalog = {
    type: (name) => (name === type.name ? type : undefined),
    flavor: (name) => (name === vanilla.name ? vanilla : undefined),
    typeNames: () => [type.name],
    flavorNames: () => [vanilla.name],
    onChange: () => () => undefined,
  };
  const store = memoryStore();
  const lease = await store.acquire("bench", await thisProcess("none.sock", "bench"), async () => false);
  let changed = Promise.withResolvers<void>();
  const keeper = await keepStack({
    ...{ store, lease, catalog, decide, clock: systemClock },
    grammar,
    settings: {},
    io: { now: Date.now, randomBytes },
    onEvent: () => undefined,
    onStatus() {
      changed.resolve();
      changed = Promise.withResolvers();
    },
    onLost(error) {
      throw error;
    },
  });
  return {
    declare: async (image: string) => (await keeper.commit(documentOf(image), "bench", "bench")).generation,
    async converged(generation: number): Promise<void> {
      for (;;) {
        const status = keeper.groups()[0]?.status;
        if (status !== undefined && status.observedGeneration >= generation && isConverged(status)) return;
        await changed.promise;
      }
    },
    close: () => keeper.close(),
  };
}

function documentOf(image: string): Document {
  const rollout = { maxUnavailable: 0, maxSurge: "10%" };
  const group = { size: MEMBERS, template: { thing: { image } }, rollout, repair: { createsPerHour: 3 * MEMBERS } };
  return { dialect: "muster", data: { stack: "bench", groups: { cattle: group } } };
}
