/** A provider in memory whose answers a test can hold back, and a keeper that keeps one group of it. */
import {
  bears,
  type Document,
  GROUPS_ONLY,
  type JsonObject,
  type Observed,
  type Stack,
  type Tags,
} from "@muster/model";
import type { Catalog, Flavor, TaggedType } from "@muster/plugin";
import { type Clock, type Grammar, keepStack, type StackKeeper, systemClock } from "@muster/runtime";
import { type Holder, memoryStore, type Store } from "@muster/store";
import { z } from "zod";

const anything = z.record(z.string(), z.json());

export interface Meadow {
  readonly type: TaggedType;
  readonly things: Map<string, Observed>;
  /** What was called: `create`, `update i-1`, `destroy i-1`. */
  readonly calls: string[];
  /** Lists that are waiting for `letLook`. */
  looking(): number;
  holdLooks(): void;
  letLook(): void;
  /** Adds a thing that a group of revision `revision` would have made. */
  put(id: string, properties: JsonObject, tags: Tags): void;
}

export function meadow(): Meadow {
  const things = new Map<string, Observed>();
  const calls: string[] = [];
  const waiting: (() => void)[] = [];
  let held = false;
  let made = 0;

  function put(id: string, properties: JsonObject, tags: Tags): void {
    things.set(id, { id, tags, phase: "running", properties, since: made++ });
  }

  const type: TaggedType = {
    known: "tags",
    name: "thing",
    summary: "A thing in memory",
    schema: anything,
    settings: anything,
    effects: { note: "in-place" },
    settleMs: 0,
    local: true,
    open: async () => ({
      known: "tags",
      scope: "the meadow",
      async *list(by) {
        if (held) await new Promise<void>((resolve) => waiting.push(resolve));
        yield [...things.values()].filter((thing) => bears(thing.tags, by));
      },
      async create(want, tags) {
        calls.push("create");
        const id = `i-${made}`;
        put(id, want, tags);
        return { id };
      },
      async update(from, want) {
        calls.push(`update ${from.id}`);
        put(from.id, want, from.tags);
      },
      async destroy(id) {
        calls.push(`destroy ${id}`);
        things.delete(id);
      },
    }),
  };
  return {
    type,
    things,
    calls,
    looking: () => waiting.length,
    holdLooks() {
      held = true;
    },
    letLook() {
      held = false;
      for (const go of waiting.splice(0)) go();
    },
    put,
  };
}

/** `{ web: { size: 1, note: "a" } }` */
export function documentOf(
  groups: Readonly<Record<string, { readonly size: number; readonly note?: string }>>,
): Document {
  return { dialect: "muster", data: groups };
}

function nothingButGroups(): never {
  throw new Error("in a meadow there are only groups");
}

const grammar: Grammar = {
  stackOf({ data }): Stack {
    const groups = Object.entries(data).map(([name, text]) => {
      const { size = 0, ...properties } = anything.parse(text);
      const group = {
        name,
        slots: { kind: "numbered", size: Number(size) },
        template: { name: "thing", properties },
        flavor: { name: "plain", properties: {} },
        marking: { kind: "muster" },
        rollout: {},
        repair: {},
        checks: [],
      } as const;
      return [name, group];
    });
    return { name: "shop", mode: "enforce", providers: {}, ...GROUPS_ONLY, groups: Object.fromEntries(groups) };
  },
  onlyGroup: ({ dialect, data }, group) => ({ dialect, data: { [group]: data[group] ?? null } }),
  withoutGroup({ dialect, data: all }, group) {
    const { [group]: _, ...data } = all;
    return Object.keys(data).length === 0 ? null : { dialect, data };
  },
  onlyResource: nothingButGroups,
  resize: ({ dialect, data }, group, size) => ({
    dialect,
    data: { ...data, [group]: { ...anything.parse(data[group]), size } },
  }),
};

/** The machine's clock, a hundred times as fast where it is waited for. */
const hasty: Clock = { now: systemClock.now, after: (ms, run) => systemClock.after(ms / 100, run) };

export async function keeping(
  { type }: Meadow,
  store: Store = memoryStore(),
  treatment: Partial<Flavor> = {},
): Promise<StackKeeper> {
  const plain: Flavor = { name: "plain", summary: "Plain", schema: anything, effects: {}, ...treatment };
  const catalog: Catalog = {
    type: (name) => (name === type.name ? type : undefined),
    flavor: (name) => (name === plain.name ? plain : undefined),
    typeNames: () => [type.name],
    flavorNames: () => [plain.name],
    onChange: () => () => undefined,
  };
  const holder: Holder = { pid: 1, started: "", boot: "", namespace: "", socket: "", command: "test" };
  return keepStack({
    store,
    lease: await store.acquire("shop", holder, async () => false),
    catalog,
    grammar,
    settings: {},
    io: { now: Date.now, randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
    clock: hasty,
    onEvent: () => undefined,
    onStatus: () => undefined,
    onLost: () => undefined,
  });
}
