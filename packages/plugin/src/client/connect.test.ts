import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject, Observed } from "@muster/model";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import {
  type ClaimedType,
  type Ctx,
  type Provider,
  ProviderError,
  type TaggedProvider,
  type Type,
} from "../contract.ts";
import { type Dialect, SPOKEN } from "../infrakit/dialects.ts";
import { type ServeOptions, servePlugin } from "../server/serve.ts";
import { cattle, cattleType, namedCattle, namedCattleType } from "../testing/cattle.ts";
import { groupsInMemory } from "../testing/groups.ts";
import { herd, herdType, io, plainFlavor } from "../testing/herd.ts";
import { forwardTo, temporaryFolder } from "../testing/sockets.ts";
import { type ConnectOptions, connectPlugin } from "./connect.ts";

const ctx: Ctx = { signal: new AbortController().signal };
const numbered = { kind: "numbered", size: 3 } as const;

async function pair(serve: Partial<ServeOptions> = {}, connect: ConnectOptions = {}) {
  const provider = herd();
  const socket = join(await temporaryFolder(), "herd");
  const types = [{ type: herdType, provider }];
  const options = { name: "herd", version: "7", socket, types, flavors: [plainFlavor()], io, ...serve };
  const plugin = await servePlugin(options);
  onTestFinished(plugin.close);
  const connection = await connectPlugin(socket, connect);
  onTestFinished(connection.close);
  return { provider, plugin, connection };
}

async function tagged(connection: Awaited<ReturnType<typeof connectPlugin>>): Promise<TaggedProvider> {
  const [type] = connection.types;
  const provider = await type?.open({}, io);
  if (provider?.known !== "tags") throw new Error("no type that is known by tags");
  return provider;
}

async function all(provider: TaggedProvider, by = {}): Promise<readonly Observed[]> {
  const found: Observed[] = [];
  for await (const page of provider.list(by, ctx)) found.push(...page);
  return found;
}

describe.each(SPOKEN)("a plugin that speaks %s", (dialect: Dialect) => {
  const only = { dialects: [dialect] };

  it("is found out, and answers a probe", async () => {
    const { connection } = await pair(only);
    expect(connection.dialect).toBe(dialect);
    expect(connection.name).toBe("herd");
    expect(connection.types.map((each) => each.name)).toEqual(["herd"]);
    expect(connection.flavors.map((each) => each.name)).toEqual([dialect === "muster" ? "plain" : "herd"]);
    await connection.probe();
  });

  it("makes, lists and destroys instances", async () => {
    const { connection, provider: behind } = await pair(only);
    const provider = await tagged(connection);
    const want = { properties: { Note: "v1" }, init: "echo hi", tags: { tier: "web" } };
    const { id } = await provider.create(want, { "infrakit.group": "cattle", "infrakit.logical_id": "bessy" }, ctx);
    await provider.create({ properties: {} }, { "infrakit.group": "sheep" }, ctx);
    expect(behind.instances.size).toBe(2);
    expect(behind.instances.get(id)?.properties).toMatchObject({ properties: { Note: "v1" }, init: "echo hi" });
    const found = await all(provider, { "infrakit.group": "cattle" });
    expect(found).toMatchObject([{ id, phase: "running", tags: { "infrakit.logical_id": "bessy" } }]);
    await provider.destroy(id, ctx);
    expect(await all(provider, { "infrakit.group": "cattle" })).toEqual([]);
  });

  it("takes an instance that is gone already for destroyed", async () => {
    const { connection } = await pair(only);
    await (await tagged(connection)).destroy("instance-99", ctx);
  });

  it("refuses what can never be made", async () => {
    const { connection } = await pair(only);
    const provider = await tagged(connection);
    await provider.validate?.({ properties: { Note: "v1" } });
    await expect(provider.validate?.({ properties: { refuse: true } })).rejects.toMatchObject({ kind: "invalid" });
  });

  it("prepares members and tells their health", async () => {
    const health = async (observed: Observed) =>
      observed.id === "sick" ? ({ kind: "fail", reason: "coughs" } as const) : ({ kind: "pass" } as const);
    const { connection } = await pair({ ...only, flavors: [plainFlavor({ health })] });
    const [flavor] = connection.flavors;
    const properties: JsonObject = { init: ["echo hi"], tags: { tier: "web" } };
    const member = { stack: "cattle", group: "cattle", slot: "1", slots: numbered };
    const prepared = await flavor?.prepare?.({ properties: { Note: "v1" } }, member, properties);
    expect(prepared).toMatchObject({ properties: { Note: "v1" }, init: "echo hi", tags: { tier: "web" } });
    const observed = { id: "well", tags: {}, phase: "running", properties: {}, since: 1 } as const;
    expect(await flavor?.health?.(observed, properties)).toEqual({ kind: "pass" });
    expect(await flavor?.health?.({ ...observed, id: "sick" }, properties)).toMatchObject({ kind: "fail" });
  });

  it("says which of a group's slots it cannot treat", async () => {
    const validate = async (_flavor: JsonObject, slots: { kind: string }) => {
      if (slots.kind === "named") throw new ProviderError("invalid", "no names");
    };
    const { connection } = await pair({ ...only, flavors: [plainFlavor({ validate })] });
    await connection.flavors[0]?.validate?.({}, numbered);
    const named = { kind: "named", names: ["a"] } as const;
    await expect(connection.flavors[0]?.validate?.({}, named)).rejects.toMatchObject({ kind: "invalid" });
  });

  it("tells of an instance since when it is there", async () => {
    const { connection } = await pair(only);
    const provider = await tagged(connection);
    await provider.create({ properties: {} }, {}, ctx);
    const [first] = await all(provider);
    await vi.waitUntil(() => Date.now() > (first?.since ?? 0));
    expect((await all(provider))[0]?.since).toBe(first?.since);
  });

  it("is not there any more once it has ended", async () => {
    const { connection, plugin } = await pair(only);
    const provider = await tagged(connection);
    await plugin.close();
    await expect(connection.probe()).rejects.toMatchObject({ code: "plugin.unreachable" });
    await expect(provider.create({ properties: {} }, {}, ctx)).rejects.toMatchObject({ kind: "unavailable" });
  });
});

describe("a plugin that speaks everything", () => {
  it("is spoken to in Muster's own methods", async () => {
    const { connection } = await pair({ group: groupsInMemory() });
    expect(connection.dialect).toBe("muster");
    expect(connection.version).toBe("7");
  });

  it("tells a type's traits, schema and what it can", async () => {
    const { connection } = await pair();
    const [type] = connection.types;
    expect(type).toMatchObject({ name: "herd", known: "tags", settleMs: 0, local: true, effects: {} });
    expect(type?.schema.safeParse({ properties: { a: [1, { b: null }] } }).success).toBe(true);
    expect(type?.schema.safeParse({ propertees: {} }).success).toBe(false);
    expect(type?.settings.safeParse({ dir: "x" }).success).toBe(false);
    const provider = await tagged(connection);
    expect(provider.scope).toBe("memory");
    expect(provider.update).toBeUndefined();
  });

  it("gives a long list in pages, whole", async () => {
    const { connection, provider: behind } = await pair();
    for (let n = 0; n < 1234; n++) {
      behind.put({ id: `i-${n}`, tags: { n: String(n) }, phase: "running", properties: {}, since: n });
    }
    const lengths = [];
    const ids = new Set();
    for await (const page of (await tagged(connection)).list({}, ctx)) {
      lengths.push(page.length);
      for (const each of page) ids.add(each.id);
    }
    expect(lengths).toEqual([500, 500, 234]);
    expect(ids.size).toBe(1234);
  });

  it("gives up a list that its reader does not read on, and says so to a late one", async () => {
    const { connection, provider: behind } = await pair();
    for (let n = 0; n < 501; n++) behind.put({ id: `i-${n}`, tags: {}, phase: "running", properties: {}, since: n });
    const provider = await tagged(connection);
    const forgotten = provider.list({}, ctx)[Symbol.asyncIterator]();
    await forgotten.next();
    for (let n = 0; n < 40; n++) await provider.list({}, ctx)[Symbol.asyncIterator]().next();
    await expect(forgotten.next()).rejects.toMatchObject({ kind: "retryable" });
  });

  it("reads one thing, and nothing where it is gone", async () => {
    const { connection, provider: behind } = await pair();
    const observed = { id: "a", tags: { t: "1" }, phase: "ended", properties: {}, reason: "slept", since: 5 } as const;
    behind.put(observed);
    const provider = await tagged(connection);
    expect(await provider.read?.("a", ctx)).toEqual(observed);
    behind.put({ id: "ill", tags: {}, phase: "running", properties: {}, ill: "coughs", since: 5 });
    expect(await provider.read?.("ill", ctx)).toMatchObject({ ill: "coughs" });
    expect(await provider.read?.("b", ctx)).toBeUndefined();
    await provider.retag?.("a", { u: "2" }, ctx);
    expect(behind.instances.get("a")?.tags).toEqual({ t: "1", u: "2" });
  });

  it("takes a thousand calls at once", async () => {
    const { connection, provider: behind } = await pair();
    const provider = await tagged(connection);
    await Promise.all(Array.from({ length: 1000 }, () => provider.create({ properties: {} }, {}, ctx)));
    expect(behind.instances.size).toBe(1000);
  });

  it("hints at changes, and again after its end and return", async () => {
    const { connection, provider: behind, plugin } = await pair();
    const wake = vi.fn();
    const over = new AbortController();
    const provider = await tagged(connection);
    provider.watch?.(wake, over.signal);
    // The stream itself wakes once: hints from before it cannot have been heard.
    await vi.waitFor(() => expect(wake).toHaveBeenCalledTimes(1));
    behind.put({ id: "a", tags: {}, phase: "running", properties: {}, since: 1 });
    await vi.waitFor(() => expect(wake).toHaveBeenCalledTimes(2));
    await plugin.close();
    const again = await servePlugin({
      name: "herd",
      version: "8",
      socket: plugin.socket,
      types: [{ type: herdType, provider: behind }],
      flavors: [],
      io,
    });
    onTestFinished(again.close);
    await vi.waitFor(() => expect(wake).toHaveBeenCalledTimes(3), { timeout: 10_000 });
    over.abort();
  });

  it("passes on what kind of failure it was", async () => {
    const provider = herd();
    const full = {
      ...provider,
      create: async () => {
        throw new ProviderError("no-space", "the meadow is full");
      },
    };
    const { connection } = await pair({ types: [{ type: herdType, provider: full }] });
    await expect((await tagged(connection)).create({ properties: {} }, {}, ctx)).rejects.toMatchObject({
      kind: "no-space",
      message: expect.stringContaining("the meadow is full"),
      cause: { code: "plugin.failed" },
    });
  });

  it("drains until its caller hangs up", async () => {
    const hungUp = Promise.withResolvers<void>();
    const drain = async (_observed: Observed, _flavor: JsonObject, { signal }: Ctx) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      hungUp.resolve();
    };
    const { connection } = await pair({ flavors: [plainFlavor({ drain })] });
    const observed = { id: "a", tags: {}, phase: "running", properties: {}, since: 1 } as const;
    const drained = connection.flavors[0]?.drain?.(observed, {}, { signal: AbortSignal.timeout(50) });
    await expect(drained).rejects.toMatchObject({ kind: "unknown" });
    await hungUp.promise;
  });

  it("has done once what is done after a member was made, and passes on why it could not be", async () => {
    const begun: string[] = [];
    const started = async ({ id, tags }: Observed, { refuse }: JsonObject) => {
      if (refuse === true) throw new ProviderError("retryable", "the register is closed");
      begun.push(`${id} ${tags["tier"]}`);
    };
    const flavor = { ...plainFlavor({ started }), schema: z.record(z.string(), z.json()) };
    const { connection } = await pair({ flavors: [flavor, { ...plainFlavor(), name: "without" }] });
    const [told, without] = connection.flavors;
    const observed: Observed = { id: "a", tags: { tier: "web" }, phase: "running", properties: {}, since: 1 };
    await told?.started?.(observed, {}, ctx);
    expect(begun).toEqual(["a web"]);
    await expect(told?.started?.(observed, { refuse: true }, ctx)).rejects.toMatchObject({
      kind: "retryable",
      message: expect.stringContaining("the register is closed"),
    });
    expect(without?.started).toBeUndefined();
  });

  it("serves types that are known by a claim", async () => {
    const there = new Map<string, JsonObject>();
    const noteType: ClaimedType = {
      ...herdType,
      known: "claim",
      naming: "path",
      name: "note",
      open: async () => notes,
    };
    const notes: Awaited<ReturnType<ClaimedType["open"]>> = {
      known: "claim",
      scope: "memory",
      async create(want) {
        const id = String(want.init);
        there.set(id, want);
        return { id };
      },
      async read(id) {
        const properties = there.get(id);
        return properties && { id, tags: {}, phase: "running", properties, since: 1 };
      },
      async update(from, want) {
        there.set(from.id, want);
      },
      async destroy(id) {
        there.delete(id);
      },
    };
    const { connection } = await pair({ types: [{ type: noteType, provider: notes }] });
    const [type] = connection.types;
    expect(type).toMatchObject({ known: "claim", naming: "path" });
    const provider = await type?.open({}, io);
    await provider?.create({ init: "/a" }, {}, ctx);
    const found = await provider?.read?.("/a", ctx);
    if (found === undefined) throw new Error("it is not there");
    await provider?.update?.(found, { init: "/a", properties: { n: 2 } }, ctx);
    expect(there.get("/a")).toEqual({ init: "/a", properties: { n: 2 } });
    await provider?.destroy("/a", ctx);
    expect(await provider?.read?.("/a", ctx)).toBeUndefined();
  });
});

describe("a plugin that is named by a .listen file", () => {
  it("is reached over loopback", async () => {
    const { plugin } = await pair();
    const port = await forwardTo(plugin.socket);
    const file = join(await temporaryFolder(), "far.listen");
    await writeFile(file, `tcp://127.0.0.1:${port}\n`);
    const connection = await connectPlugin(file);
    onTestFinished(connection.close);
    expect(connection.name).toBe("far");
    await connection.probe();
  });
});

describe("an InfraKit plugin with several types", () => {
  it("gives each the name of the plugin and its own", async () => {
    const [cows, sheep] = [herd(), herd()];
    const types = [
      { type: { ...herdType, name: "cow" }, provider: cows },
      { type: { ...herdType, name: "sheep" }, provider: sheep },
    ];
    const { connection } = await pair({ types, dialects: ["master"] }, { name: "farm" });
    expect(connection.types.map((each) => each.name)).toEqual(["farm/cow", "farm/sheep"]);
    const provider = await connection.types[1]?.open({}, io);
    await provider?.create({ properties: {} }, {}, ctx);
    expect([cows.instances.size, sheep.instances.size]).toEqual([0, 1]);
  });

  it("is trusted with nothing that it does not say", async () => {
    const { connection } = await pair({ dialects: ["v0.1"] });
    expect(connection.types[0]).toMatchObject({ known: "tags", settleMs: 60_000, local: false, effects: {} });
    const provider = await tagged(connection);
    expect(provider.read).toBeUndefined();
    expect(provider.watch).toBeUndefined();
  });
});

describe("what resources need of a type", () => {
  async function connected(
    type: Type,
    provider: Provider,
  ): Promise<{ readonly type: Type; readonly provider: Provider }> {
    const { connection } = await pair({ types: [{ type, provider }] });
    const [found] = connection.types;
    if (found === undefined) throw new Error("no type");
    return { type: found, provider: await found.open({}, io) };
  }

  it("is told of its properties, and of what can be read besides", async () => {
    const { type } = await connected(cattleType, cattle());
    const { naming, family, irreversible, unreadable, unordered, effects, outputs } = type;
    const said = { naming, family, irreversible, unreadable, unordered, effects };
    expect(said).toEqual({
      ...{
        naming: "name",
        family: "livestock",
        irreversible: ["brand"],
        unreadable: ["brand"],
        unordered: ["friends"],
      },
      effects: { weight: "in-place", friends: "in-place", brand: "in-place" },
    });
    expect(outputs?.safeParse({ sound: "moo" }).success).toBe(true);
    expect(outputs?.safeParse({ sound: 5 }).success).toBe(false);
    const plain = await connected(herdType, herd());
    for (const key of ["naming", "family", "outputs", "irreversible", "unreadable", "unordered"]) {
      expect(plain.type).not.toHaveProperty(key);
    }
    expect(plain.provider.assess).toBeUndefined();
    expect(plain.provider.refresh).toBeUndefined();
  });

  it("carries the digests of what is never shown, when it is made and when it is changed", async () => {
    const { provider } = await connected(cattleType, cattle());
    const { id } = await provider.create({ name: "Bessy", brand: "A" }, {}, { ...ctx, digests: { brand: "d1" } });
    const made = await provider.read?.(id, ctx);
    expect(made).toMatchObject({ digests: { brand: "d1" }, properties: { name: "Bessy", sound: "moo" } });
    if (made === undefined) throw new Error("no cow");
    await provider.update?.(made, { name: "Bessy", brand: "B" }, { ...ctx, digests: { brand: "d2" } });
    expect(await provider.read?.(id, ctx)).toMatchObject({ digests: { brand: "d2" } });
  });

  it("is changed in what is wanted, and keeps what is not", async () => {
    const { provider } = await connected(cattleType, cattle());
    const { id } = await provider.create({ name: "Bessy", weight: 500, friends: ["Clara"] }, {}, ctx);
    const made = await provider.read?.(id, ctx);
    if (made === undefined) throw new Error("no cow");
    await provider.update?.(made, { weight: 510 }, ctx);
    const properties = { name: "Bessy", weight: 510, friends: ["Clara"] };
    expect(await provider.read?.(id, ctx)).toMatchObject({ properties });
    await expect(provider.update?.(made, { weight: "much" }, ctx)).rejects.toMatchObject({ kind: "invalid" });
    await expect(provider.update?.(made, { wieght: 510 }, ctx)).rejects.toMatchObject({ kind: "invalid" });
    expect(await provider.read?.(id, ctx)).toMatchObject({ properties });
  });

  it("says what a step would mean, of one that is to be made and of one that is there", async () => {
    const { provider } = await connected(cattleType, cattle());
    expect(await provider.assess?.(undefined, { name: "Bessy", weight: 500 }, ctx)).toEqual({ price: { after: 500 } });
    const { id } = await provider.create({ name: "Bessy" }, {}, ctx);
    const made = await provider.read?.(id, ctx);
    expect(await provider.assess?.(made, { weight: 510 }, ctx)).toEqual({ downtimeMs: 1_000, price: { after: 510 } });
    await expect(provider.assess?.(made, { weight: "much" }, ctx)).rejects.toMatchObject({ kind: "invalid" });
  });

  it("hears of what has changed that it rests on", async () => {
    const herd = cattle();
    const { provider } = await connected(cattleType, herd);
    const { id } = await provider.create({ name: "Bessy" }, {}, ctx);
    const made = await provider.read?.(id, ctx);
    if (made === undefined) throw new Error("no cow");
    await provider.refresh?.(made, { name: "Bessy" }, ctx);
    let said = "";
    for await (const bytes of herd.logs(id, { follow: false }, ctx)) said += Buffer.from(bytes).toString();
    expect(said).toBe("heard of it\n");
  });

  it("lists what is known by its name, where the plugin can", async () => {
    const { provider } = await connected(namedCattleType, namedCattle());
    if (provider.known !== "claim" || provider.list === undefined) throw new Error("it cannot be listed");
    for (const name of ["Bessy", "Clara"]) await provider.create({ name }, {}, ctx);
    const found: string[] = [];
    for await (const page of provider.list(ctx)) found.push(...page.map(({ id }) => id));
    expect(found).toEqual(["Bessy", "Clara"]);
    const { list: _, ...alone } = namedCattle();
    expect(await connected(namedCattleType, alone)).not.toHaveProperty("provider.list");
  });
});
