import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Observed, Tags } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { definePlugin } from "./plugin.ts";
import type { Item } from "./plugin-definition.ts";
import { openPlugin } from "./plugin-open.ts";

const ctx = { signal: new AbortController().signal };
const io = { now: () => 1000, randomBytes: (count: number) => new Uint8Array(count) };

/** A plugin with no more than a provider cannot do without. */
function cows(items: Item<{ name: string }>[] = []) {
  return definePlugin({
    name: "cows",
    types: [
      {
        name: "cow",
        schema: z.strictObject({ name: z.string() }),
        list: async () => items,
        async create({ name }, tags: Tags) {
          items.push({ id: name, tags, properties: { name } });
          return name;
        },
        destroy: async (id) => void items.splice(items.findIndex((each) => each.id === id)),
      },
    ],
  });
}

async function openedCow(plugin: ReturnType<typeof definePlugin>, settings = {}) {
  const [opened] = (await openPlugin(plugin, settings, io)).types;
  if (opened?.provider.known !== "tags") throw new Error("there is no such type");
  return { type: opened.type, provider: opened.provider };
}

async function all(pages: AsyncIterable<readonly Observed[]> | undefined): Promise<readonly Observed[]> {
  const found: Observed[] = [];
  for await (const page of pages ?? []) found.push(...page);
  return found;
}

describe("a plugin", () => {
  it("has a default for everything that a provider can do without", async () => {
    const { type, provider } = await openedCow(cows());
    expect(type).toMatchObject({ known: "tags", effects: {}, settleMs: 0, local: false, summary: expect.any(String) });
    expect(Object.keys(provider).sort()).toEqual(["create", "destroy", "known", "list", "scope"]);
  });

  it("lists what bears the tags, and gives things the age they have been seen for", async () => {
    let time = 1000;
    const items: Item<{ name: string }>[] = [];
    const [opened] = (await openPlugin(cows(items), {}, { ...io, now: () => time })).types;
    if (opened?.provider.known !== "tags") throw new Error("there is no such type");
    const { provider } = opened;
    await provider.create({ name: "bessy" }, { herd: "a" }, ctx);
    await provider.create({ name: "clara" }, { herd: "b" }, ctx);
    const listed = async (by: Tags) => (await provider.list(by, ctx)[Symbol.asyncIterator]().next()).value;
    const bessy = { id: "bessy", tags: { herd: "a" }, phase: "running", properties: { name: "bessy" }, since: 1000 };
    expect(await listed({ herd: "a" })).toEqual([bessy]);
    time = 2000;
    expect(await listed({ herd: "a" })).toEqual([bessy]);
    items.push({ id: "dora", tags: {}, properties: {}, since: 5, phase: "ended", reason: "sold" });
    expect(await listed({})).toContainEqual({
      ...{ id: "dora", tags: {}, properties: {} },
      ...{ since: 5, phase: "ended", reason: "sold" },
    });
  });

  it("tells what a thing prints and shows, runs commands and uses tools there, and failures of the system by their kind", async () => {
    const silent = { list: async () => [], create: async () => "a", destroy: async () => undefined };
    const plugin = definePlugin({
      name: "cows",
      types: [
        {
          ...silent,
          name: "cow",
          schema: z.strictObject({}),
          async *logs(id) {
            yield Buffer.from(`${id} says moo\n`);
            throw Object.assign(new Error("the barn is locked"), { code: "EACCES" });
          },
          exec: () => Promise.reject(Object.assign(new Error("no room"), { code: "ENOSPC" })),
          async *console(id, { lines }, { settings }) {
            yield Buffer.from(`${id} shows ${lines} lines, ${JSON.stringify(settings)}\n`);
            throw new ProviderError("invalid", "it is dark");
          },
          tools: ["stats", "link"],
          async *tool(id, { tool, argument }) {
            yield Buffer.from(`${tool} ${argument} of ${id}\n`);
            throw Object.assign(new Error("the barn is locked"), { code: "EACCES" });
          },
        },
      ],
    });
    const { type, provider } = await openedCow(plugin);
    const said: string[] = [];
    const read = async (pieces: AsyncIterable<Uint8Array> | undefined) => {
      for await (const bytes of pieces ?? []) said.push(String(bytes));
    };
    const locked = { kind: "denied", message: "the barn is locked" };
    await expect(read(provider.logs?.("a", { follow: false }, ctx))).rejects.toMatchObject(locked);
    const shown = read(provider.console?.("a", { follow: false, lines: 2 }, ctx));
    await expect(shown).rejects.toMatchObject({ kind: "invalid", message: "it is dark" });
    expect(type.tools).toEqual(["stats", "link"]);
    await expect(read(provider.tool?.("a", { tool: "link", argument: "up" }, ctx))).rejects.toMatchObject(locked);
    expect(said).toEqual(["a says moo\n", "a shows 2 lines, {}\n", "link up of a\n"]);
    await expect(provider.exec?.("a", { command: ["moo"] }, ctx)).rejects.toMatchObject({ kind: "no-space" });
  });

  it("is local when it gives hints, unless it says otherwise", async () => {
    const cow = { name: "cow", schema: z.strictObject({}), list: async () => [], destroy: async () => undefined };
    const create = async () => "cow";
    const watching = definePlugin({ name: "cows", types: [{ ...cow, create, watch: () => undefined }] });
    expect((await openedCow(watching)).type.local).toBe(true);
    const far = definePlugin({ name: "cows", types: [{ ...cow, create, local: false, watch: () => undefined }] });
    expect((await openedCow(far)).type.local).toBe(false);
  });

  it("says of its things what resources need, and hands on what they need", async () => {
    const seen: unknown[] = [];
    const plugin = definePlugin({
      name: "cows",
      types: [
        {
          name: "cow",
          naming: "name",
          family: "livestock",
          schema: z.strictObject({ name: z.string(), brand: z.string().optional() }),
          outputs: z.object({ sound: z.string() }),
          effects: { brand: "in-place" },
          irreversible: ["brand"],
          unreadable: ["brand"],
          unordered: [],
          list: async () => [
            { id: "a", tags: {}, properties: { name: "Bessy" }, outputs: { sound: "moo" }, digests: { brand: "d1" } },
          ],
          async create({ name }, _tags, { digests }) {
            seen.push(["create", name, digests]);
            return name;
          },
          update: async ({ id }, { brand }, { digests }) => void seen.push(["update", id, brand, digests]),
          destroy: async () => undefined,
          async assess(from, { brand }) {
            if (brand === "forbidden") throw new ProviderError("invalid", "nobody may have it");
            return { downtimeMs: from === undefined ? 0 : 5 };
          },
          refresh: async ({ id }, { name }) => void seen.push(["refresh", id, name]),
        },
      ],
    });
    const { type, provider } = await openedCow(plugin);
    expect(type).toMatchObject({ known: "tags", naming: "name", family: "livestock", effects: { brand: "in-place" } });
    expect(type).toMatchObject({ irreversible: ["brand"], unreadable: ["brand"], unordered: [] });
    expect(type.outputs?.safeParse({ sound: 5 }).success).toBe(false);
    const [cow] = await all(provider.list({}, ctx));
    expect(cow).toMatchObject({ properties: { name: "Bessy", sound: "moo" }, digests: { brand: "d1" } });
    expect(cow).not.toHaveProperty("outputs");
    if (cow === undefined) throw new Error("no cow");
    await provider.create({ name: "Clara" }, {}, { ...ctx, digests: { brand: "d2" } });
    await provider.update?.(cow, { name: "Bessy", brand: "B" }, { ...ctx, digests: { brand: "d3" } });
    await provider.refresh?.(cow, { name: "Bessy" }, ctx);
    expect(seen).toEqual([
      ["create", "Clara", { brand: "d2" }],
      ["update", "a", "B", { brand: "d3" }],
      ["refresh", "a", "Bessy"],
    ]);
    expect(await provider.assess?.(undefined, {}, ctx)).toEqual({ downtimeMs: 0 });
    expect(await provider.assess?.(cow, {}, ctx)).toEqual({ downtimeMs: 5 });
    await expect(provider.assess?.(cow, { brand: "forbidden" }, ctx)).rejects.toMatchObject({ kind: "invalid" });
  });

  it("may know its things by their names, which are their ids", async () => {
    const pens = new Map<string, number>();
    const seen = (name: string) => ({ id: name, properties: { name, cows: pens.get(name) ?? 0 } });
    const plugin = definePlugin({
      name: "pens",
      types: [
        {
          known: "claim",
          name: "pen",
          naming: "name",
          schema: z.strictObject({ name: z.string(), cows: z.number() }),
          read: async (name) => (pens.has(name) ? seen(name) : undefined),
          list: async () => [...pens.keys()].map(seen),
          async create({ name, cows }) {
            if (pens.has(name)) throw new ProviderError("conflict", `${name} is there`);
            pens.set(name, cows);
          },
          destroy: async (name) => void pens.delete(name),
        },
      ],
    });
    const [{ type, provider } = { type: undefined, provider: undefined }] = (await openPlugin(plugin, {}, io)).types;
    if (provider?.known !== "claim") throw new Error("it is not known by its name");
    expect(type).toMatchObject({ known: "claim", naming: "name" });
    expect(await provider.create({ name: "north", cows: 3 }, {}, ctx)).toEqual({ id: "north" });
    const north = { id: "north", tags: {}, phase: "running", properties: { name: "north", cows: 3 }, since: 1000 };
    expect(await provider.read("north", ctx)).toEqual(north);
    expect(await provider.read("south", ctx)).toBeUndefined();
    expect(await all(provider.list?.(ctx))).toEqual([north]);
    await expect(provider.create({ name: "north", cows: 1 }, {}, ctx)).rejects.toMatchObject({ kind: "conflict" });
    await provider.destroy("north", ctx);
    expect(pens.size).toBe(0);
  });

  it("is opened once, with its settings", async () => {
    const opened: string[] = [];
    const type = { schema: z.strictObject({}), destroy: async () => undefined, create: async () => "id" };
    const plugin = definePlugin({
      name: "cows",
      settings: z.strictObject({ dir: z.string().default("meadow") }),
      open: async ({ dir }) => opened.push(dir),
      types: [
        { ...type, name: "cow", list: async ({ settings: { dir } }) => [{ id: dir, tags: {}, properties: {} }] },
        { ...type, name: "calf", list: async () => [] },
      ],
    });
    const { provider } = await openedCow(plugin);
    expect(opened).toEqual(["meadow"]);
    expect(provider.scope).toBe("meadow");
    expect((await provider.list({}, ctx)[Symbol.asyncIterator]().next()).value).toMatchObject([{ id: "meadow" }]);
    await expect(openPlugin(plugin, { dir: 5 }, io)).rejects.toMatchObject({ code: "settings.bad" });
  });

  it.each<[unknown, string]>([
    [Object.assign(new Error("no such file"), { code: "ENOENT" }), "retryable"],
    [Object.assign(new Error("no space"), { code: "ENOSPC" }), "no-space"],
    [Object.assign(new Error("permission denied"), { code: "EACCES" }), "denied"],
    [new ProviderError("conflict", "taken"), "conflict"],
    [new TypeError("x is not a function"), "unknown"],
    ["a text", "unknown"],
  ])("tells Muster the kind of %s", async (thrown, kind) => {
    const plugin = definePlugin({
      name: "cows",
      types: [
        {
          name: "cow",
          schema: z.strictObject({}),
          list: async () => [],
          create: () => Promise.reject(thrown),
          destroy: async () => undefined,
        },
      ],
      flavors: [{ name: "kind", schema: z.strictObject({}), health: () => Promise.reject(thrown) }],
    });
    const { provider } = await openedCow(plugin);
    await expect(provider.create({}, {}, ctx)).rejects.toMatchObject({ name: "ProviderError", kind });
    const observed = { id: "a", tags: {}, phase: "running", properties: {}, since: 1 } as const;
    await expect(plugin.flavors[0]?.health?.(observed, {})).rejects.toMatchObject({ name: "ProviderError", kind });
  });
});

describe("the file of a plugin", () => {
  it("finds @muster/sdk wherever it lies", async () => {
    const file = `import { definePlugin, z } from "@muster/sdk";\n
      const name: string = "kind";
      export default definePlugin({ name, flavors: [{ name, schema: z.strictObject({}) }] });\n`;
    expect(await loaded(file)).toEqual({ name: "kind", flavors: ["kind"] });
  });

  it("is refused as a program under the name of the service's own socket", async () => {
    const program = `
      const { definePlugin, runPlugin } = await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
      await runPlugin(definePlugin({ name: "group", types: [] }));`;
    const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
    const stderr = expect.stringContaining("at `group`, `muster serve` answers InfraKit's clients");
    await expect(run).rejects.toMatchObject({ code: 1, stderr });
  });

  it("is refused when it gives no plugin", async () => {
    expect(await loaded("export default { name: 'kind' };\n")).toEqual({ code: "plugin.not-defined" });
    expect(await loaded("throw new Error('no');\n")).toEqual({ code: "plugin.not-defined" });
  });
});

/** What a process of its own makes of a file that lies outside of the repository. */
async function loaded(content: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "muster-sdk-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "plugin.ts"), content);
  const program = `
    const { loadPlugin } = await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
    const told = await loadPlugin(${JSON.stringify(join(folder, "plugin.ts"))}).then(
      ({ name, flavors }) => ({ name, flavors: flavors.map((each) => each.name) }),
      ({ code }) => ({ code }),
    );
    process.stdout.write(JSON.stringify(told));`;
  const run = promisify(execFile);
  return JSON.parse((await run(process.execPath, ["--input-type=module", "-e", program], { cwd: folder })).stdout);
}
