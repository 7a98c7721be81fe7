/** Resources of a type that a plugin brings, over its socket: what is never shown, what is taken in, who is told, what it costs. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onlyGroup, onlyResource, resize, stackOf, withoutGroup } from "@muster/declaration";
import { type Document, type Json, type ResourceStep, resourcesSettled } from "@muster/model";
import { type Catalog, connectPlugin, servePlugin, type Type } from "@muster/plugin";
import { type Asked, keepStack, planStack, type StackKeeper, systemClock } from "@muster/runtime";
import { definePlugin, type Item, openPlugin, z } from "@muster/sdk";
import { memoryStore, type Store, thisProcess } from "@muster/store";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const schema = z.strictObject({
  label: z.string(),
  size: z.number().optional(),
  code: z.string().optional(),
  owners: z.array(z.string()).optional(),
});
type Safe = z.infer<typeof schema>;

interface Vault {
  readonly safes: Map<string, Item<Safe>>;
  /** What each was opened with last: only its owner knows. */
  readonly codes: Map<string, string | undefined>;
  readonly told: string[];
  plan(resources: Json, asked?: Asked): Promise<readonly ResourceStep[]>;
  apply(resources: Json, asked?: Asked): Promise<void>;
}

/** A plugin that serves safes, and a keeper that has nothing but its socket. */
async function openVault(): Promise<Vault> {
  const safes = new Map<string, Item<Safe>>();
  const codes = new Map<string, string | undefined>();
  const told: string[] = [];
  const plugin = definePlugin({
    name: "safes",
    types: [
      {
        name: "safe",
        naming: "label",
        schema,
        outputs: z.object({ serial: z.string() }),
        effects: { label: "in-place", size: "in-place", code: "in-place", owners: "in-place" },
        unreadable: ["code"],
        unordered: ["owners"],
        list: async () => [...safes.values()],
        read: async (id) => safes.get(id),
        async create({ code, ...properties }, tags, { digests = {} }) {
          const id = `safe-${safes.size + 1}`;
          codes.set(id, code);
          safes.set(id, { id, tags, properties, digests, outputs: { serial: `#${safes.size + 1}` } });
          return id;
        },
        async update({ id }, { code, ...properties }, { digests }) {
          const safe = safes.get(id);
          if (safe === undefined) return;
          if (code !== undefined) codes.set(id, code);
          safes.set(id, { ...safe, properties, digests: { ...safe.digests, ...digests } });
        },
        async retag(id, tags) {
          const safe = safes.get(id);
          if (safe !== undefined) safes.set(id, { ...safe, tags: { ...safe.tags, ...tags } });
        },
        destroy: async (id) => void safes.delete(id),
        async assess(from, { size = 0 }) {
          const shrinks = size < (from?.properties.size ?? 0);
          const never = { effect: "impossible", reason: "steel does not shrink", next: "Buy another one." } as const;
          return { price: { after: size }, ...(shrinks ? { effects: { size: never } } : {}) };
        },
        refresh: async ({ id }) => void told.push(id),
      },
    ],
  });
  const io = { now: Date.now, randomBytes };
  const folder = await mkdtemp(join(tmpdir(), "muster-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const served = await servePlugin({ ...(await openPlugin(plugin, {}, io)), socket: join(folder, "safes") });
  onTestFinished(served.close);
  const connection = await connectPlugin(served.socket);
  onTestFinished(connection.close);
  const store = memoryStore();
  const outside = { ...OUTSIDE, store, io, catalog: catalogOf(connection.types) };
  const keeper = await kept(outside, store);
  return {
    ...{ safes, codes, told },
    async plan(resources, asked = {}) {
      const proposal = { before: keeper.declaration(), document: documentOf(resources), source: "", kept: true, asked };
      return (await planStack(proposal, outside)).resources?.steps ?? [];
    },
    async apply(resources, asked) {
      const { generation } = await keeper.commit(documentOf(resources), "", "user:ann", asked);
      await vi.waitFor(() => expect(resourcesSettled(keeper.resources(), generation)).toBe(true), DEADLINE);
    },
  };
}

const DEADLINE = { timeout: 15_000, interval: 5 };
const OUTSIDE = {
  ...{ clock: systemClock, settings: {}, env: { CODE: "1234", OTHER_CODE: "4321" } },
  grammar: { stackOf, onlyGroup, onlyResource, resize, withoutGroup },
};

async function kept(
  outside: typeof OUTSIDE & { readonly catalog: Catalog; readonly io: Io },
  store: Store,
): Promise<StackKeeper> {
  const keeper = await keepStack({
    ...outside,
    store,
    lease: await store.acquire("bank", thisProcess("none", "test"), async () => false),
    onEvent: () => undefined,
    onStatus: () => undefined,
    onLost(error) {
      throw error;
    },
  });
  onTestFinished(() => keeper.close());
  return keeper;
}

type Io = { readonly now: () => number; readonly randomBytes: (count: number) => Uint8Array };

function catalogOf(types: readonly Type[]): Catalog {
  return {
    type: (name) => types.find((type) => type.name === name),
    flavor: () => undefined,
    typeNames: () => types.map(({ name }) => name),
    flavorNames: () => [],
    onChange: () => () => undefined,
  };
}

function documentOf(safe: Json): Document {
  return { dialect: "muster", data: { stack: "bank", resources: { safe } } };
}

describe("a resource of a plugin's type", () => {
  it("is known by a digest in what is never shown, when it is made and after it was changed", async () => {
    const { plan, apply, safes, codes } = await openVault();
    const code = (env: string) => ({ a: { code: { secret: { env } } } });
    await apply(code("CODE"));
    expect([...codes.values()]).toEqual(["1234"]);
    expect(await plan(code("CODE"))).toEqual([]);
    expect(await plan(code("OTHER_CODE"))).toMatchObject([
      { effect: "in-place", changes: [{ property: "code", secret: true }] },
    ]);
    await apply(code("OTHER_CODE"));
    expect([...codes.values()]).toEqual(["4321"]);
    expect(await plan(code("OTHER_CODE"))).toEqual([]);
    expect(JSON.stringify([...safes.values()])).not.toContain("4321");
  });

  it("is taken in by its name, and keeps what is not declared of it", async () => {
    const { plan, apply, safes } = await openVault();
    safes.set("old", { id: "old", tags: { room: "2" }, properties: { label: "a", size: 5, owners: ["Ann", "Bob"] } });
    const declared = { a: { owners: ["Bob", "Ann", "Eve"] } };
    expect(await plan(declared)).toMatchObject([{ effect: "adopt", id: "old" }]);
    await apply(declared);
    expect([...safes.values()]).toMatchObject([
      { id: "old", tags: { room: "2" }, properties: { label: "a", size: 5, owners: ["Bob", "Ann", "Eve"] } },
    ]);
    expect(await plan({ a: { owners: ["Eve", "Ann", "Bob"] } })).toEqual([]);
  });

  it("is told what it costs before, and what cannot be is not done", async () => {
    const { plan, apply, safes } = await openVault();
    expect(await plan({ a: { size: 7 } })).toMatchObject([{ effect: "create", price: { after: 7 } }]);
    await apply({ a: { size: 7 } });
    expect(await plan({ a: { size: 3 } })).toMatchObject([{ effect: "impossible", why: "steel does not shrink" }]);
    await apply({ a: { size: 3 } });
    expect([...safes.values()]).toMatchObject([{ properties: { size: 7 } }]);
  });

  it("hears of those that tell it, and takes what is only read of others", async () => {
    const { apply, safes, told } = await openVault();
    const declared = (size: number) => ({
      a: { size, notify: "safe.b" },
      b: { label: "beside ${safe.a.serial}" },
    });
    await apply(declared(1));
    expect([...safes.values()].map(({ properties }) => properties.label)).toEqual(["a", "beside #1"]);
    await apply(declared(2));
    expect(told).toEqual(["safe-2"]);
  });
});
