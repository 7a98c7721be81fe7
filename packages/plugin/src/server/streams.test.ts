/** What a thing prints and shows, and what a command or a tool does there, through the socket of a plugin. */
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { connectPlugin } from "../client/connect.ts";
import { type Execution, ProviderError, type TaggedProvider, type ToolAsked } from "../contract.ts";
import { cattle, cattleType, type WholeCattle } from "../testing/cattle.ts";
import { io } from "../testing/herd.ts";
import { exchange, post, temporaryFolder } from "../testing/sockets.ts";
import { QUIET } from "../wire/limits.ts";
import { servePlugin } from "./serve.ts";

const never = new AbortController().signal;

async function farm(change: (cows: WholeCattle) => Partial<TaggedProvider> = () => ({})) {
  const cows = cattle();
  const socket = join(await temporaryFolder(), "farm");
  const types = [{ type: cattleType, provider: { ...cows, ...change(cows) } }];
  const plugin = await servePlugin({ name: "farm", version: "1", socket, types, flavors: [], io });
  onTestFinished(plugin.close);
  const connection = await connectPlugin(socket);
  onTestFinished(connection.close);
  const provider = await connection.types[0]?.open({}, io);
  if (provider?.logs === undefined || provider.exec === undefined) throw new Error("it can neither log nor exec");
  const { logs, exec, console, tool } = provider;
  if (console === undefined || tool === undefined) throw new Error("it has neither a console nor tools");
  const { id } = await provider.create({ name: "Bessy" }, {}, { signal: never });
  const use = (asked: ToolAsked, of = id) => text(tool(of, asked, { signal: never }));
  return { cows, socket, plugin, id, logs, exec, console, tool, use, tools: connection.types[0]?.tools };
}

async function text(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function printed({ output }: Execution): Promise<Readonly<Record<"out" | "err", string>>> {
  const all = { out: "", err: "" };
  for await (const { stream, bytes } of output) all[stream] += Buffer.from(bytes).toString();
  return all;
}

it("gives the log as it is, or its last lines", async () => {
  const { cows, logs, id } = await farm();
  for (const line of ["one", "two", "\u001b[31mthree"]) cows.say(id, line);
  expect(await text(logs(id, { follow: false }, { signal: never }))).toBe("one\ntwo\n\u001b[31mthree\n");
  expect(await text(logs(id, { follow: false, lines: 1 }, { signal: never }))).toBe("\u001b[31mthree\n");
  expect(await text(logs(id, { follow: false, lines: 0 }, { signal: never }))).toBe("");
});

it("follows the log until the thing has ended", async () => {
  const { cows, logs, id } = await farm();
  let seen = "";
  const following = (async () => {
    for await (const chunk of logs(id, { follow: true }, { signal: never })) seen += Buffer.from(chunk).toString();
  })();
  for (const line of ["one", "two"]) {
    cows.say(id, line);
    await vi.waitFor(() => expect(seen).toContain(line));
  }
  cows.set(id, undefined);
  await following;
  expect(seen).toBe("one\ntwo\n");
});

it("ends a log at its source when nobody follows it any more", async () => {
  const source = Promise.withResolvers<AbortSignal>();
  const { logs, id } = await farm((cows) => ({
    logs(of, asked, ctx) {
      source.resolve(ctx.signal);
      return cows.logs(of, asked, ctx);
    },
  }));
  const over = new AbortController();
  const following = text(logs(id, { follow: true }, { signal: over.signal }));
  const atSource = await source.promise;
  over.abort();
  expect(await following).toBe("");
  await vi.waitFor(() => expect(atSource.aborted).toBe(true));
});

it("takes no more from the source than the reader takes", async () => {
  let taken = 0;
  const { logs, id } = await farm(() => ({
    async *logs() {
      for (;;) {
        taken++;
        yield Buffer.alloc(64 * 1024, "o");
      }
    },
  }));
  const over = new AbortController();
  const reader = logs(id, { follow: true }, { signal: over.signal })[Symbol.asyncIterator]();
  await reader.next();
  let before = -1;
  await vi.waitFor(() => {
    const standsStill = taken === before;
    before = taken;
    expect(standsStill).toBe(true);
  });
  expect(taken).toBeLessThan(200);
  over.abort();
  await reader.return?.();
});

it("tells what a command prints, on which stream, and how it ended", async () => {
  const { exec, id } = await farm();
  const moo = await exec(id, { command: ["moo", "hello", "there"] }, { signal: never });
  expect([await printed(moo), await moo.ended]).toEqual([
    { out: "hello there\n", err: "" },
    { kind: "exited", code: 0 },
  ]);
  const kick = await exec(id, { command: ["kick", "126"] }, { signal: never });
  expect([await printed(kick), await kick.ended]).toEqual([
    { out: "", err: "ouch\n" },
    { kind: "exited", code: 126 },
  ]);
  const low = await exec(id, { command: ["low", "20"] }, { signal: never });
  expect((await printed(low)).out).toHaveLength(20 * 64 * 1024);
});

it("ends a command when nobody waits for it any more", async () => {
  const { cows, exec, logs, id } = await farm();
  const over = new AbortController();
  const graze = await exec(id, { command: ["graze"] }, { signal: over.signal });
  const pieces = graze.output[Symbol.asyncIterator]();
  await pieces.next();
  over.abort();
  await expect(graze.ended).rejects.toMatchObject({ kind: "unknown" });
  await vi.waitFor(async () => {
    expect(await text(logs(id, { follow: false }, { signal: never }))).toBe("was called home\n");
  });
  expect(cows.things.size).toBe(1);
});

it("refuses what there is not before the stream begins", async () => {
  const { exec, logs, console, use, id } = await farm();
  await expect(text(logs("nobody", { follow: false }, { signal: never }))).rejects.toMatchObject({
    ...{ kind: "invalid", message: expect.stringContaining("there is no cow nobody") },
  });
  await expect(exec("nobody", { command: ["moo"] }, { signal: never })).rejects.toMatchObject({ kind: "invalid" });
  await expect(exec(id, { command: ["fly"] }, { signal: never })).rejects.toMatchObject({ kind: "invalid" });
  const shown = text(console("nobody", { follow: false }, { signal: never }));
  await expect(shown).rejects.toMatchObject({ kind: "invalid" });
  await expect(use({ tool: "stats" }, "nobody")).rejects.toMatchObject({ kind: "invalid" });
  await expect(use({ tool: "restore", argument: "never" })).rejects.toMatchObject({ kind: "invalid" });
});

it("shows the console as it is, its last lines, and what is typed there meanwhile", async () => {
  const { cows, console, id } = await farm();
  for (const line of ["one", "two"]) cows.say(id, line);
  expect(await text(console(id, { follow: false }, { signal: never }))).toBe("one\ntwo\n");
  expect(await text(console(id, { follow: false, lines: 1 }, { signal: never }))).toBe("two\n");
  const next = Promise.withResolvers<string>();
  const input = (async function* () {
    yield Buffer.from("hay\r");
    yield Buffer.from(await next.promise);
  })();
  const over = new AbortController();
  let seen = "";
  for await (const bytes of console(id, { follow: true, lines: 0, input }, { signal: over.signal })) {
    seen += Buffer.from(bytes).toString();
    if (seen.includes("hay")) next.resolve("straw");
    if (seen.includes("straw")) over.abort();
  }
  expect(seen).toBe("heard hay\nheard straw\n");
});

it("shows a console until all that was given has been typed there", async () => {
  const { console, id } = await farm();
  const words = Array.from({ length: 50 }, (_, word) => `word ${word}`);
  const input = (async function* () {
    for (const word of words) {
      yield Buffer.from(word);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const seen = await text(console(id, { follow: false, input }, { signal: never }));
  expect(seen).toContain("word 0");
  expect(seen).toContain("word 49");
});

it("tells which tools a type has, and uses them", async () => {
  const { cows, id, tools, use } = await farm();
  expect(tools).toEqual(cattleType.tools);
  expect(await use({ tool: "pause" })).toBe("");
  expect(cows.things.get(id)).toMatchObject({ reason: "it is paused" });
  await use({ tool: "snapshot", argument: "asleep" });
  await use({ tool: "continue" });
  expect(cows.things.get(id)).not.toHaveProperty("reason");
  await use({ tool: "restore", argument: "asleep" });
  expect(cows.things.get(id)).toMatchObject({ reason: "it is paused" });
  expect(JSON.parse(await use({ tool: "stats" }))).toEqual({ weight: 0 });
});

it("goes on with a trace until nobody reads it any more, and ends it at its source", async () => {
  const source = Promise.withResolvers<AbortSignal>();
  const { cows, tool, id } = await farm((sound) => ({
    tool(of, asked, ctx) {
      source.resolve(ctx.signal);
      return sound.tool(of, asked, ctx);
    },
  }));
  cows.say(id, "before");
  const over = new AbortController();
  const tracing = text(tool(id, { tool: "trace" }, { signal: over.signal }));
  const atSource = await source.promise;
  over.abort();
  await tracing;
  await vi.waitFor(() => expect(atSource.aborted).toBe(true));
});

it("has no tools where its type names some and its provider has none", async () => {
  const { tool: _, ...cows } = cattle();
  const socket = join(await temporaryFolder(), "farm");
  const types = [{ type: cattleType, provider: cows }];
  const plugin = await servePlugin({ name: "farm", version: "1", socket, types, flavors: [], io });
  onTestFinished(plugin.close);
  const connection = await connectPlugin(socket);
  onTestFinished(connection.close);
  expect(connection.types[0]).not.toHaveProperty("tools");
  expect(await connection.types[0]?.open({}, io)).not.toHaveProperty("tool");
});

it("refuses a tool that the type does not name, and what none of them is told, without asking the provider", async () => {
  const asked: ToolAsked[] = [];
  const { use } = await farm(() => ({
    async *tool(_id, what) {
      asked.push(what);
      yield Buffer.from("");
    },
  }));
  const refused = async (what: ToolAsked, message: string) =>
    expect(use(what)).rejects.toMatchObject({ kind: "invalid", message: expect.stringContaining(message) });
  await refused({ tool: "core" }, "the type `cattle` has no core");
  await refused({ tool: "stats", argument: "all" }, "stats takes no argument");
  await refused({ tool: "link", argument: "sideways" }, "link takes `up` or `down`");
  await refused({ tool: "snapshot", argument: "../../etc" }, "snapshot takes a name");
  expect(asked).toEqual([]);
});

it("tells why a tool could not be used, also when it has worked for a while", async () => {
  const working = Promise.withResolvers<void>();
  const { use, id } = await farm(() => ({
    async *tool() {
      await working.promise;
      yield await Promise.reject(new ProviderError("no-space", "the barn is full"));
    },
  }));
  const failed = use({ tool: "snapshot", argument: "a" }, id);
  failed.catch(() => undefined);
  // Longer than any other stream is waited for before it counts as begun.
  setTimeout(working.resolve, 1.5 * QUIET);
  await expect(failed).rejects.toMatchObject({
    kind: "no-space",
    message: expect.stringContaining("the barn is full"),
  });
});

it("gives a command what it is to read, as it comes, and lets it go when the command has ended", async () => {
  const { exec, id } = await farm(() => ({
    exec: async (_id, { input }) => ({
      output: (async function* () {
        for await (const bytes of input ?? []) {
          yield { stream: "out", bytes } as const;
          if (String(bytes).includes("enough")) return;
        }
      })(),
      ended: Promise.resolve({ kind: "exited", code: 0 } as const),
    }),
  }));
  let isLetGo = false;
  const next = Promise.withResolvers<string>();
  const input = (async function* () {
    try {
      yield Buffer.from("hay");
      yield Buffer.from(await next.promise);
      for (;;) yield Buffer.alloc(64 * 1024, "x");
    } finally {
      isLetGo = true;
    }
  })();
  const { output, ended } = await exec(id, { command: ["eat"], input }, { signal: never });
  const heard: string[] = [];
  for await (const { bytes } of output) {
    heard.push(String(bytes));
    next.resolve("enough");
  }
  expect(heard).toEqual(["hay", "enough"]);
  expect(await ended).toEqual({ kind: "exited", code: 0 });
  await vi.waitFor(() => expect(isLetGo).toBe(true));
});

it("does not take what breaks off for the end", async () => {
  const { exec, logs, id } = await farm(() => ({
    async *logs() {
      yield Buffer.from("one\n");
      throw new ProviderError("retryable", "the disk went away");
    },
    exec: async () => ({
      output: (async function* () {
        yield { stream: "out", bytes: Buffer.from("one\n") } as const;
        throw new ProviderError("denied", "it was shut out");
      })(),
      ended: new Promise(() => undefined),
    }),
  }));
  await expect(text(logs(id, { follow: false }, { signal: never }))).rejects.toMatchObject({ kind: "retryable" });
  const broken = await exec(id, { command: ["moo"] }, { signal: never });
  await expect(printed(broken)).rejects.toMatchObject({ kind: "denied", message: "it was shut out" });
  await expect(broken.ended).rejects.toMatchObject({ kind: "denied" });
});

it("closes without waiting for those who follow a log, and they see that it broke off", async () => {
  const { cows, plugin, logs, id } = await farm();
  cows.say(id, "one");
  const reader = logs(id, { follow: true }, { signal: never })[Symbol.asyncIterator]();
  await reader.next();
  const more = reader.next();
  more.catch(() => undefined);
  await plugin.close();
  await expect(more).rejects.toMatchObject({ kind: "retryable" });
});

it("refuses questions that it cannot understand, as JSON", async () => {
  const { socket, id } = await farm();
  const get = (path: string) => exchange(socket, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  const ask = (body: object, path = "/exec") => exchange(socket, post(JSON.stringify(body), path));
  const answers = [
    await get("/logs"),
    await get(`/logs?type=cattle&id=${id}&lines=-1`),
    await get(`/logs?type=cattle&id=${id}&follow=yes`),
    await get(`/logs?type=sheep&id=${id}`),
    await ask({ type: "cattle", id }),
    await ask({ type: "cattle", id, command: [] }),
    await ask({ type: "cattle", id, command: new Array(2000).fill("moo") }),
    await exchange(socket, post("moo", "/exec", "text/plain")),
    await ask({ type: "cattle" }, "/console"),
    await ask({ type: "cattle", id, lines: "1" }, "/console"),
    await ask({ type: "cattle", id, follow: "1" }, "/console"),
    await ask({ type: "sheep", id }, "/console"),
    await exchange(socket, post("moo", "/console", "text/plain")),
    await ask({ type: "cattle", id }, "/tool"),
    await ask({ type: "cattle", id, tool: "milk" }, "/tool"),
    await ask({ type: "cattle", id, tool: "link", argument: 1 }, "/tool"),
    await ask({ type: "sheep", id, tool: "stats" }, "/tool"),
  ];
  for (const { status, body } of answers) {
    expect([status, JSON.parse(body)]).toEqual([
      400,
      { error: expect.objectContaining({ message: expect.any(String) }) },
    ]);
  }
});

it("goes on when a reader vanishes in the middle", async () => {
  const { socket, cows, logs, id } = await farm();
  cows.say(id, "one");
  const reader = connect(socket);
  reader.write(`GET /logs?type=cattle&id=${id}&follow=1 HTTP/1.1\r\nHost: a\r\n\r\n`);
  await once(reader, "data");
  reader.destroy();
  expect(await text(logs(id, { follow: false }, { signal: never }))).toBe("one\n");
});
