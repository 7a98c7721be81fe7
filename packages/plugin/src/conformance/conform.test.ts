import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Observed, Tags } from "@muster/model";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import type { ClaimedProvider, Flavor, TaggedProvider, TaggedType } from "../contract.ts";
import { ProviderError } from "../contract.ts";
import type { Dialect } from "../infrakit/dialects.ts";
import type { Plugin } from "../server/plugin.ts";
import { servePlugin } from "../server/serve.ts";
import { cattle, cattleType, kindFlavor, namedCattle, namedCattleType, type WholeCattle } from "../testing/cattle.ts";
import { distort, type Passing } from "../testing/distort.ts";
import { herd, herdType, io, plainFlavor } from "../testing/herd.ts";
import { listenRaw, temporaryFolder } from "../testing/sockets.ts";
import { type ConformOptions, conform } from "./conform.ts";
import type { StatementResult } from "./result.ts";

const options: ConformOptions = { patience: 150 };
const NOTHING = { name: "tried", version: "1", types: [], flavors: [], io };

async function serve(plugin: Partial<Plugin>, dialects?: readonly Dialect[]): Promise<string> {
  const socket = join(await temporaryFolder(), "tried");
  const served = await servePlugin({ ...NOTHING, ...plugin, socket, ...(dialects ? { dialects } : {}) });
  onTestFinished(served.close);
  return socket;
}

async function results(socket: string, more: ConformOptions = {}): Promise<readonly StatementResult[]> {
  const all: StatementResult[] = [];
  for await (const result of conform(socket, { ...options, ...more })) all.push(result);
  return all;
}

async function failures(socket: string, more: ConformOptions = {}): Promise<readonly string[]> {
  return saying(await results(socket, more), "fails");
}

function saying(all: readonly StatementResult[], kind: StatementResult["kind"]): readonly string[] {
  return all.filter((each) => each.kind === kind).map((each) => each.says);
}

/** Cattle of which nothing is said. */
const plainCattle: TaggedType = {
  ...{ known: "tags", name: "cattle", summary: "cows in memory", settleMs: 0, local: true, effects: {} },
  ...{ schema: z.strictObject({ name: z.string() }), settings: z.strictObject({}), open: async () => cattle() },
};

type Break = (sound: WholeCattle) => Partial<TaggedProvider>;

async function brokenCattle(change: Break, type: TaggedType = cattleType): Promise<string> {
  const sound = cattle();
  return serve({ types: [{ type, provider: { ...sound, ...change(sound) } }] });
}

describe("a plugin that keeps the contract", () => {
  it("holds every statement, and is left as it was", async () => {
    const provider = cattle();
    const old = { id: "old", tags: {}, phase: "running", properties: { name: "Bessy" }, since: 1 } as const;
    provider.set("old", old);
    const flavors = [kindFlavor];
    const all = await results(await serve({ types: [{ type: cattleType, provider }], flavors }));
    expect(saying(all, "fails")).toEqual([]);
    expect(saying(all, "left-out")).toEqual([]);
    expect(all).toHaveLength(72);
    expect([...provider.things.values()]).toEqual([old]);
  });

  it("may know its things by name", async () => {
    const provider = namedCattle();
    const socket = await serve({ types: [{ type: namedCattleType, provider }] });
    const all = await results(socket, { properties: { name: "cow-{id}" } });
    expect(saying(all, "fails")).toEqual([]);
    expect(saying(all, "holds")).toContain("a name that is taken is a `conflict`, and what has it stays as it is");
    expect(provider.things.size).toBe(0);
  });

  it.each<Dialect>(["walk-through", "v0.1", "v0.5", "master"])("may speak InfraKit's %s", async (dialect) => {
    const provider = herd();
    const plugin = { types: [{ type: herdType, provider }], flavors: [plainFlavor()] };
    const all = await results(await serve(plugin, [dialect]));
    expect(saying(all, "fails")).toEqual([]);
    expect(saying(all, "holds").length).toBeGreaterThan(15);
    expect(provider.instances.size).toBe(0);
  });
});

describe("of a type, the kit finds that it", () => {
  it.each<[string, Break, readonly string[]]>([
    [
      "loses tags",
      ({ create }) => ({ create: (want, { "conformance.empty": _, ...tags }, ctx) => create(want, tags, ctx) }),
      ["tags come back as they were given"],
    ],
    [
      "loses tags when much is made at once",
      ({ create }) => {
        let current: Tags = {};
        return {
          async create(want, tags, ctx) {
            current = tags;
            await sleep(5);
            return create(want, current, ctx);
          },
        };
      },
      ["of 16 creates at once none is lost, and each bears its own tags"],
    ],
    [
      "shows a part of what is there",
      ({ list }) => ({
        async *list(by, ctx) {
          for await (const page of list(by, ctx)) yield page.slice(0, 5);
        },
      }),
      ["of 16 creates at once none is lost, and each bears its own tags"],
    ],
    [
      "shows what bears one of the tags",
      ({ things }) => ({
        async *list(by) {
          const wanted = Object.entries(by);
          yield [...things.values()].filter(
            ({ tags }) => wanted.length === 0 || wanted.some(([key, value]) => tags[key] === value),
          );
        },
      }),
      ["a list by tags shows what bears all of them, and nothing else"],
    ],
    [
      "shows things twice",
      ({ list }) => ({
        async *list(by, ctx) {
          yield* list(by, ctx);
          if (Object.keys(by).length === 0) yield* list(by, ctx);
        },
      }),
      ["a list ends, shows nothing twice, and no page is larger than 8 MiB"],
    ],
    [
      "answers create with another id",
      ({ create }) => ({ create: async (...call) => ({ id: `${(await create(...call)).id}-wrong` }) }),
      ["what was created is seen under the id that create answered"],
    ],
    [
      "gives an id twice",
      ({ set }) => ({
        async create(want, tags) {
          set("the-cow", { id: "the-cow", tags, phase: "running", properties: want, since: Date.now() });
          return { id: "the-cow" };
        },
      }),
      [
        "a list by tags shows what bears all of them, and nothing else",
        "of 16 creates at once none is lost, and each bears its own tags",
        "two creates make two things, with two ids",
        "destroying one leaves the others",
        "what is never shown is not shown; its digest is, as it was told last",
      ],
    ],
    [
      "forgets what it made",
      ({ create, set }) => ({
        async create(...call) {
          const made = await create(...call);
          set(made.id, undefined);
          return made;
        },
      }),
      ["what was created is seen under the id that create answered"],
    ],
    [
      "does not destroy what is gone",
      ({ destroy, things }) => ({
        async destroy(id, ctx) {
          if (!things.has(id)) throw new ProviderError("invalid", `no cow ${id}`);
          await destroy(id, ctx);
        },
      }),
      ["destroying what is gone is done"],
    ],
    [
      "destroys more than it should",
      ({ set, things }) => ({
        async destroy(id) {
          set(id, undefined);
          for (const other of [...things.keys()].slice(0, 1)) set(other, undefined);
        },
      }),
      ["destroying one leaves the others"],
    ],
    [
      "does not destroy",
      () => ({ destroy: async () => undefined }),
      [
        "a list by tags shows what bears all of them, and nothing else",
        "of 16 creates at once none is lost, and each bears its own tags",
        "read shows the same as the list, and nothing of what is gone",
        "what was destroyed is not seen any more",
        "destroying what is gone is done",
        "destroying one leaves the others",
        "a hint follows when something is destroyed",
        "nothing is left of what the kit made",
      ],
    ],
    [
      "reads what is gone",
      ({ create }) => {
        const ever = new Map<string, Awaited<ReturnType<NonNullable<TaggedProvider["read"]>>>>();
        return {
          async create(want, tags, ctx) {
            const { id } = await create(want, tags, ctx);
            ever.set(id, { id, tags, phase: "running", properties: want, since: Date.now() });
            return { id };
          },
          read: async (id) => ever.get(id),
        };
      },
      ["read shows the same as the list, and nothing of what is gone"],
    ],
    [
      "counts in seconds",
      ({ list, read }) => ({
        async *list(by, ctx) {
          for await (const page of list(by, ctx)) yield page.map((each) => ({ ...each, since: each.since / 1000 }));
        },
        read,
      }),
      ["what has just been made is dated in milliseconds"],
    ],
    [
      "changes nothing",
      () => ({ update: async () => undefined }),
      [
        "update changes what `effects` calls in-place or restart, and nothing else",
        "what is never shown is not shown; its digest is, as it was told last",
      ],
    ],
    [
      "changes more than it should",
      ({ update, things, set }) => ({
        async update(from, want, ctx) {
          await update(from, want, ctx);
          const thing = things.get(from.id);
          if (thing !== undefined) set(from.id, { ...thing, tags: {} });
        },
      }),
      [
        "update changes what `effects` calls in-place or restart, and nothing else",
        "what is never shown is not shown; its digest is, as it was told last",
      ],
    ],
    [
      "has another name than it was given",
      ({ create }) => ({ create: (want, ...call) => create({ ...want, name: `${want["name"]} II` }, ...call) }),
      ["it shows the name that it was made with"],
    ],
    [
      "shows what is never to be shown, and no digest of it",
      ({ things, set, create }) => ({
        async create(want, ...call) {
          const { id } = await create(want, ...call);
          const thing = things.get(id);
          if (thing !== undefined) set(id, { ...thing, properties: { ...thing.properties, ...want } });
          return { id };
        },
      }),
      ["what is never shown is not shown; its digest is, as it was told last"],
    ],
    [
      "shows what it does not say",
      ({ list, read }) => ({
        async *list(by, ctx) {
          for await (const page of list(by, ctx)) {
            yield page.map((each) => ({ ...each, properties: { ...each.properties, smell: "strong" } }));
          }
        },
        read,
      }),
      ["what can be read of it besides is what it says, of the kinds that it says"],
    ],
    [
      "makes something when it is asked what that would mean, and forgets what it is when it is told of something",
      ({ create, set, things }) => ({
        async assess(_from, want, ctx) {
          const { name = "Bessy" } = want;
          await create({ name }, {}, ctx);
          return {};
        },
        async refresh({ id }) {
          const thing = things.get(id);
          if (thing !== undefined) set(id, { ...thing, properties: {} });
        },
      }),
      [
        "assess says what making a thing and what keeping it would mean, and changes nothing",
        "refresh leaves a thing as it is declared",
      ],
    ],
    [
      "makes something when it is asked to validate",
      ({ create }) => ({
        async validate(want) {
          await create(want, {}, { signal: AbortSignal.timeout(1000) });
        },
      }),
      ["validate accepts the sample and makes nothing"],
    ],
    [
      "throws tags away when it is given others",
      ({ things, set }) => ({
        async retag(id, tags) {
          const thing = things.get(id);
          if (thing !== undefined) set(id, { ...thing, tags: { "muster.conformance": "", ...thing.tags, ...tags } });
          if (thing !== undefined) set(id, { ...thing, tags: { ...thing.tags, ...tags, old: "" } });
        },
      }),
      ["retag puts tags over those of the same keys, and leaves the others"],
    ],
    [
      "says nothing of what happens",
      () => ({ watch: () => undefined }),
      ["a hint follows when something is created", "a hint follows when something is destroyed"],
    ],
    [
      "has logs that never end",
      ({ logs }) => ({ logs: (id, asked, ctx) => logs(id, { ...asked, follow: true }, ctx) }),
      [
        "a log that is not followed comes to its end",
        "a log that is followed is let go when nobody reads it any more",
        "a console that is not followed shows what the log shows, and comes to its end",
      ],
    ],
    [
      "has logs of what is not there, and runs what cannot be run",
      () => ({
        async *logs() {
          yield Buffer.from("hello\n");
        },
        exec: async () => ({ output: Readable.from([]), ended: Promise.resolve({ kind: "exited", code: 0 }) }),
      }),
      [
        "the log of what is not there is refused as `invalid`",
        "a command that there is not is refused as `invalid`",
        "a command in what is not there is refused as `invalid`",
        "a console that is not followed shows what the log shows, and comes to its end",
      ],
    ],
    [
      "has a console that never ends",
      ({ console }) => ({ console: (id, asked, ctx) => console(id, { ...asked, follow: true }, ctx) }),
      [
        "a console that is not followed shows what the log shows, and comes to its end",
        "a console that is followed is let go when nobody looks at it any more",
        "a console that is not followed ends when what was given to it has been typed",
      ],
    ],
    [
      "has a console of what is not there",
      () => ({
        async *console() {
          yield Buffer.from("login:");
        },
      }),
      ["the console of what is not there is refused as `invalid`"],
    ],
    [
      "has tools that give what they should not, and can be used on nothing",
      () => ({
        async *tool() {
          yield Buffer.from('{"weight":"much"}');
        },
      }),
      [
        "the tool `stats` gives a JSON object of numbers",
        "the tool `restore` takes back what was kept, and refuses as `invalid` what was not",
        "a tool that is used on what is not there is refused as `invalid`",
      ],
    ],
    [
      "has tools that cannot be used",
      () => ({
        async *tool() {
          yield await Promise.reject(new ProviderError("retryable", "the vet is away"));
        },
      }),
      [
        "the tool `pause` can be used, and a second time",
        "the tool `continue` can be used, whether it is paused or not",
        "the tool `stats` gives a JSON object of numbers",
        "the tool `trace` goes on until nobody reads it any more",
        "the tool `link` can be used, down and up",
        "the tool `snapshot` can be used",
        "the tool `restore` takes back what was kept, and refuses as `invalid` what was not",
        "a tool that is used on what is not there is refused as `invalid`",
      ],
    ],
  ])("%s", async (_name, change, expected) => {
    expect(await failures(await brokenCattle(change))).toEqual(expected);
  });

  it("gives no core, or one that is none, and nothing to type for a debugger", async () => {
    const type: TaggedType = { ...cattleType, tools: ["core", "gdb"] };
    const gives = (core: string, gdb: string) =>
      brokenCattle(
        ({ things }) => ({
          async *tool(id, { tool }) {
            if (!things.has(id)) throw new ProviderError("invalid", `there is no ${id}`);
            for (const piece of tool === "core" ? core : gdb) yield Buffer.from(piece, "latin1");
          },
        }),
        type,
      );
    expect(await failures(await gives("\x7fELF and more", "gdb /run/cow"))).toEqual([]);
    expect(await failures(await gives("ELF", ""))).toEqual([
      "the tool `core` gives an ELF file",
      "the tool `gdb` tells what to type",
    ]);
  });

  it("promises hints and has none", async () => {
    const { watch: _, ...deaf } = cattle();
    const socket = await serve({ types: [{ type: cattleType, provider: deaf }] });
    expect(await failures(socket)).toEqual(["a hint follows when something is created"]);
  });

  it("promises changes and cannot make them", async () => {
    const { update: _, ...rigid } = cattle();
    const socket = await serve({ types: [{ type: cattleType, provider: rigid }] });
    const says = "update changes what `effects` calls in-place or restart, and nothing else";
    expect(await failures(socket)).toEqual([says]);
  });

  it("accepts everything", async () => {
    const anything: TaggedType = { ...plainCattle, schema: z.record(z.string(), z.json()) };
    expect(await failures(await brokenCattle(() => ({}), anything))).toEqual([
      "its schema refuses what is of the wrong kind",
    ]);
  });

  it("has effects of properties that it does not know", async () => {
    const misspelt: TaggedType = { ...cattleType, effects: { wieght: "in-place" } };
    expect(await failures(await brokenCattle(() => ({}), misspelt))).toEqual([
      "its effects are of properties that its schemas know",
    ]);
  });

  it("says something of properties that it does not know, or that are only read", async () => {
    const misspelt: TaggedType = { ...cattleType, irreversible: ["brnad"], outputs: z.object({ weight: z.number() }) };
    expect(await failures(await brokenCattle(() => ({}), misspelt))).toEqual([
      "what it says of single properties is of such as its schemas know",
      "what can be read of things and what can be declared of them have names apart",
    ]);
  });

  it("lists a part of what is there, or something twice", async () => {
    const says = "a list shows everything, and everything once";
    for (const change of [(all: readonly Observed[]) => all.slice(1), (all: readonly Observed[]) => [...all, ...all]]) {
      const { things, ...sound } = namedCattle();
      const provider: ClaimedProvider = {
        ...sound,
        async *list() {
          yield change([...things.values()]);
        },
      };
      const socket = await serve({ types: [{ type: namedCattleType, provider }] });
      expect(await failures(socket)).toEqual([says]);
    }
  });

  it("writes over what has its name", async () => {
    const { create, set, ...sound } = namedCattle();
    const provider = {
      ...sound,
      async create(...[want, tags, ctx]: Parameters<typeof create>) {
        set(String(want["name"]), undefined);
        return create(want, tags, ctx);
      },
    };
    const socket = await serve({ types: [{ type: namedCattleType, provider }] });
    expect(await failures(socket, { properties: { name: "cow-{id}" } })).toEqual([
      "a name that is taken is a `conflict`, and what has it stays as it is",
    ]);
  });
});

describe("of a flavor, the kit finds that it", () => {
  it.each<[string, Partial<Flavor>, readonly string[]]>([
    [
      "takes from the template",
      { prepare: async () => ({ called: "cow" }) },
      ["prepare makes the same of the same, and keeps what the template says"],
    ],
    [
      "prepares something else each time",
      { prepare: async (want) => ({ ...want, called: crypto.randomUUID() }) },
      ["prepare makes the same of the same, and keeps what the template says"],
    ],
    [
      "fails when it is asked about health",
      { health: () => Promise.reject(new Error("ill")) },
      ["health answers pass, fail or unknown"],
    ],
    [
      "never ends what is done once",
      { started: () => Promise.withResolvers<void>().promise },
      ["started returns, or says why it could not be done"],
    ],
    ["says why it could not be done", { started: () => Promise.reject(new ProviderError("retryable", "no")) }, []],
    [
      "never ends a drain",
      { drain: () => Promise.withResolvers<void>().promise },
      ["drain returns, also for a member that is gone"],
    ],
    [
      "accepts everything",
      { schema: z.record(z.string(), z.json()) },
      ["what its schema refuses is refused, as `invalid`"],
    ],
  ])("%s", async (_name, change, expected) => {
    expect(await failures(await serve({ flavors: [{ ...kindFlavor, ...change }] }))).toEqual(expected);
  });
});

describe("of the wire, the kit finds that it", () => {
  const nulled = (asked: string, { status, body }: Passing): Passing => {
    if (!asked.includes("provider/destroy")) return { status, body };
    return { status, body: body.replace(/"result":\{\}/, '"result":null') };
  };

  it.each<[string, (asked: string, answered: Passing) => Passing, string]>([
    [
      "cannot hold long ids",
      (_asked, { status, body }) => ({
        status,
        body: body.replace(/"id":(\d{17,})/, (_, id: string) => `"id":${Number(id)}`),
      }),
      "an id of 63 bits comes back digit for digit",
    ],
    ["answers null", nulled, "what has nothing to say is answered with an object, never with null"],
    [
      "answers GET",
      (_asked, { status, body }) => ({ status: status === 405 ? 200 : status, body }),
      "GET is refused with 405",
    ],
    [
      "takes any content type",
      (_asked, { status, body }) => ({ status: status === 415 ? 200 : status, body }),
      "another content type is refused with 415",
    ],
    [
      "answers what it does not know with nothing",
      (asked, answered) => (asked.includes("NoSuchMethod") ? { status: 200, body: "" } : answered),
      "a method that is not there is answered with an error",
    ],
    [
      "takes any version",
      (asked, answered) =>
        asked.includes('"1.0"') ? { status: 200, body: '{"jsonrpc":"2.0","result":{},"id":1}' } : answered,
      "another version of JSON-RPC is answered with an error",
    ],
    [
      "does not check parameters",
      (asked, answered) =>
        asked.includes('"type":5')
          ? { status: 200, body: answered.body.replace(/"error":.*,"id"/, '"result":{"items":[]},"id"') }
          : answered,
      "parameters of the wrong kind are answered with an error",
    ],
    [
      "does not say what kind its failures are of",
      (_asked, { status, body }) => ({ status, body: body.replaceAll(/"kind":"invalid"/g, '"kind":"bad"') }),
      "a failure says what kind it is of",
    ],
    [
      "speaks another version",
      (_asked, { status, body }) => ({ status, body: body.replace('"protocol":1', '"protocol":7') }),
      "it speaks version 1 of the protocol",
    ],
    [
      "says something else than what it serves",
      (_asked, { status, body }) => ({ status, body: body.replace('"types":', '"kinds":') }),
      "it says what it serves, in the form of `muster/hello`",
    ],
    [
      "has a schema that is none",
      (_asked, { status, body }) => ({ status, body: body.replace('"type":"number"', '"type":"nummer"') }),
      "its schemas are JSON Schema",
    ],
    [
      "has more tools than it names",
      (asked, answered) => (asked.includes('"tool":"conformance"') ? { status: 200, body: "" } : answered),
      "a tool that is not in the list is refused, as `invalid` where there is one of that name",
    ],
    [
      "lets its tools be told anything",
      (asked, answered) => (asked.includes('"argument":"../no"') ? { status: 200, body: "" } : answered),
      "an argument that a tool does not take is refused as `invalid`",
    ],
    [
      "never ends a list",
      (asked, { status, body }) => ({
        status,
        body: asked.includes("provider/list") ? body.replace(/]}(?=,"id")/, '],"next":"again"}') : body,
      }),
      "it can be listed or read",
    ],
  ])("%s", async (_name, change, expected) => {
    const behind = await serve({ types: [{ type: cattleType, provider: cattle() }] });
    const socket = join(await temporaryFolder(), "front");
    await distort(behind, socket, change);
    await chmod(socket, 0o600);
    expect(await failures(socket)).toContain(expected);
  });

  it("is open to others", async () => {
    const socket = await serve({});
    await chmod(socket, 0o666);
    expect(await failures(socket)).toEqual(["its socket is closed to others"]);
  });

  it("hangs", async () => {
    const socket = join(await temporaryFolder(), "hanging");
    await listenRaw(socket, () => undefined);
    const [failed] = await results(socket, { deadlines: { probe: 100 } });
    const came = expect.stringContaining("did not answer a probe within 0.1 s");
    expect(failed).toMatchObject({ says: "it answers the handshake of a dialect that Muster speaks", came });
  });

  it("is not there", async () => {
    const all = await results(join(await temporaryFolder(), "nobody"));
    expect(saying(all, "fails")).toEqual(["it answers the handshake of a dialect that Muster speaks"]);
  });
});

describe("the kit", () => {
  it("says what was expected, what came, and what to do", async () => {
    const socket = await brokenCattle(() => ({ update: async () => undefined }));
    const [failed] = (await results(socket)).filter((each) => each.kind === "fails");
    expect(failed).toMatchObject({
      about: "type cattle",
      expected: expect.stringMatching(/to show `weight` as 2 within 0.15 s$/),
      came: expect.stringContaining('"weight":1'),
      next: expect.stringContaining("leave them out of `effects`"),
    });
  });

  it("destroys what it made also when nobody reads on", async () => {
    const provider = cattle();
    const socket = await serve({ types: [{ type: cattleType, provider }] });
    for await (const { says } of conform(socket, options)) if (says.startsWith("tags come back")) break;
    expect(provider.things.size).toBe(0);
  });

  it("destroys what it made though the answer was lost", async () => {
    const provider = cattle();
    const { create } = provider;
    const lossy: TaggedProvider = {
      ...provider,
      async create(...call) {
        await create(...call);
        throw new ProviderError("unknown", "the line went dead");
      },
    };
    const socket = await serve({ types: [{ type: cattleType, provider: lossy }] });
    expect(await failures(socket)).toEqual(["what was created is seen under the id that create answered"]);
    expect(provider.things.size).toBe(0);
  });

  it("never touches what it did not make, even when a list or a create says that it is its own", async () => {
    const provider = cattle();
    const old = { id: "old", tags: {}, phase: "running", properties: { name: "Bessy" }, since: 1 } as const;
    provider.set("old", old);
    const lying: TaggedProvider = {
      ...provider,
      create: async () => ({ id: "old" }),
      async *list(by) {
        yield [...provider.things.values()].map((each) => ({ ...each, tags: { ...each.tags, ...by } }));
      },
    };
    await failures(await serve({ types: [{ type: cattleType, provider: lying }] }));
    expect([...provider.things.values()]).toEqual([old]);
  });

  it("needs properties where none can be made up, and takes those that are given", async () => {
    const strict: TaggedType = { ...plainCattle, schema: z.strictObject({ name: z.string().regex(/^cow [0-9]+$/) }) };
    const socket = await brokenCattle(() => ({}), strict);
    expect(await failures(socket)).toEqual(["its schema accepts the sample"]);
    expect(await failures(socket, { properties: { name: "cow 1" } })).toEqual([]);
  });
});
