/** Plugins that answer badly, or not at all: Muster neither hangs nor falls over, and says what it was. */
import type { Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { TaggedProvider } from "../contract.ts";
import { servePlugin } from "../server/serve.ts";
import { herd, herdType, io } from "../testing/herd.ts";
import { listenRaw, temporaryFolder } from "../testing/sockets.ts";
import { connectPlugin, type PluginConnection } from "./connect.ts";

const QUICK = { probe: 300, ask: 300, act: 300 };
const ctx = { signal: new AbortController().signal };

function http(body: string, status = "200 OK"): string {
  return `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** An answer to whatever was asked, under its id. */
function result(json: string): (request: string) => string {
  return (request) => http(`{"jsonrpc":"2.0","result":${json},"id":${request.match(/"id":(\d+)\}/)?.[1]}}`);
}

const CHUNK = "x".repeat(1024 * 1024);
const PAGE = CHUNK.repeat(7);

/** Sends more than anybody wants, as fast as it is taken. */
function flood(socket: Socket): void {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${100 * CHUNK.length}\r\n\r\n`);
  let left = 100;
  const more = () => {
    while (left-- > 0) if (!socket.write(CHUNK)) return;
    socket.end();
  };
  socket.on("drain", more);
  more();
}

type Behaviour = (socket: Socket, request: string) => void;

function says(answer: string | ((request: string) => string)): Behaviour {
  return (socket, request) => void socket.end(typeof answer === "string" ? answer : answer(request));
}

const hangUp: Behaviour = (socket) => void socket.destroy();
const saysNothing: Behaviour = () => undefined;
const goesOver: Behaviour = (socket) => {
  socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n");
};
const CIRCULAR = JSON.stringify({
  protocol: 1,
  name: "circular",
  version: "1",
  types: [
    {
      ...{ name: "circular", summary: "", schema: { $ref: "#" }, effects: {}, known: "tags" },
      ...{ settleMs: 0, local: false, scope: "", can: [] },
    },
  ],
  flavors: [],
});

/** A plugin that behaves so to every request. */
async function hostile(behave: Behaviour): Promise<string> {
  const path = join(await temporaryFolder(), "hostile");
  await listenRaw(path, (socket) => {
    socket.on("data", (data) => behave(socket, data.toString("latin1")));
  });
  return path;
}

describe("a handshake with a plugin that", () => {
  it.each<[string, Behaviour, string]>([
    ["answers rubbish", says("hello, world\n\n"), "plugin.bad-answer"],
    ["answers rubbish over HTTP", says(http("<html>")), "plugin.bad-answer"],
    ["answers half an answer", says('HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"jsonrpc"'), "plugin.bad-answer"],
    ["answers half a header", says("HTTP/1.1 200 OK\r\nContent-"), "plugin.bad-answer"],
    ["answers null", says(http("null")), "plugin.bad-answer"],
    ["answers a result of null", says(result("null")), "plugin.bad-answer"],
    ["answers with nothing in it", says(http("")), "plugin.bad-answer"],
    ["answers another id", says(http('{"jsonrpc":"2.0","result":{},"id":99999}')), "plugin.bad-answer"],
    ["answers what is no introduction", says(result('{"protocol":1}')), "plugin.bad-answer"],
    ["answers with an error of the server", says(http("oh", "500 Internal Server Error")), "plugin.bad-answer"],
    ["answers another version of Muster's protocol", says(result('{"protocol":2}')), "plugin.version"],
    ["answers no path and no method", says(http("", "404 Not Found")), "plugin.version"],
    ["answers 100 MB", flood, "plugin.too-big"],
    ["hangs up", hangUp, "plugin.bad-answer"],
    ["goes over to another protocol", goesOver, "plugin.bad-answer"],
    ["has a schema that leads to nothing but itself", says(result(CIRCULAR)), "plugin.bad-answer"],
    ["says nothing", saysNothing, "plugin.hangs"],
  ])("%s fails with a reason", async (_what, behave, code) => {
    const path = await hostile(behave);
    await expect(connectPlugin(path, { deadlines: QUICK })).rejects.toMatchObject({ code });
  });

  it("is of another version of InfraKit's fails with a reason", async () => {
    const path = await hostile((socket, request) => {
      const id = request.match(/"id":(\d+)\}/)?.[1];
      const fault = `{"jsonrpc":"2.0","error":{"code":-32000,"message":"no","data":null},"id":${id}}`;
      const told = result('{"Objects":{"Instance/9.9.9":[{"Name":"."}]}}');
      socket.end(request.includes("Handshake.Hello") ? told(request) : http(fault));
    });
    await expect(connectPlugin(path, { deadlines: QUICK })).rejects.toMatchObject({ code: "plugin.version" });
  });

  it("is not there fails with a reason", async () => {
    const path = join(await temporaryFolder(), "nobody");
    await expect(connectPlugin(path)).rejects.toMatchObject({ code: "plugin.unreachable" });
  });
});

describe.each([
  ["muster", (id: string) => result(`{"id":"${id}"}`)],
  ["master", (id: string) => result(`{"ID":"${id}"}`)],
  ["walk-through", (id: string) => () => http(`{"ID":"${id}"}`)],
] as const)("a plugin that speaks %s", (dialect, answer) => {
  it("may give an id of 512 characters, and none that is longer", async () => {
    const { provider } = await turned(dialect, says(answer("x".repeat(512))));
    expect(await create(provider)).toEqual({ id: "x".repeat(512) });
    const { provider: wordy } = await turned(dialect, says(answer("x".repeat(513))));
    await expect(create(wordy)).rejects.toMatchObject({ cause: { code: "plugin.bad-answer" } });
  });
});

/** A plugin that introduces itself properly, and from then on behaves so. */
async function turned(dialect: "muster" | "master" | "walk-through", behave: Behaviour) {
  const path = join(await temporaryFolder(), "turned");
  const good = { name: "turned", version: "1", types: [{ type: herdType, provider: herd() }], flavors: [], io };
  const plugin = await servePlugin({ socket: path, dialects: [dialect], ...good });
  const connection: PluginConnection = await connectPlugin(path, { deadlines: QUICK });
  onTestFinished(connection.close);
  await plugin.close();
  await listenRaw(path, (socket) => {
    socket.on("data", (data) => behave(socket, data.toString("latin1")));
  });
  return { connection, provider: await opened(connection) };
}

async function opened(connection: PluginConnection): Promise<TaggedProvider> {
  const provider = await connection.types[0]?.open({}, io);
  if (provider?.known !== "tags") throw new Error("no type that is known by tags");
  return provider;
}

const answers: readonly [string, Behaviour, string][] = [
  ["rubbish", says("hello\n\n"), "plugin.bad-answer"],
  ["rubbish over HTTP", says(http("<html>")), "plugin.bad-answer"],
  ["half an answer", says('HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"jsonrpc"'), "plugin.bad-answer"],
  ["null", says(http("null")), "plugin.bad-answer"],
  ["a result of null", says(result("null")), "plugin.bad-answer"],
  ["a result without what was asked for", says(result("{}")), "plugin.bad-answer"],
  ["a result of another kind", says(result('{"id":5,"ID":5,"items":{},"Descriptions":5}')), "plugin.bad-answer"],
  ["100 MB", flood, "plugin.too-big"],
  ["nothing", saysNothing, "plugin.timeout"],
  ["by hanging up", hangUp, "plugin.bad-answer"],
  ["in another protocol", goesOver, "plugin.bad-answer"],
];

const create = (provider: TaggedProvider) => provider.create({ properties: {} }, {}, ctx);
async function list(provider: TaggedProvider): Promise<number> {
  let found = 0;
  for await (const page of provider.list({}, ctx)) found += page.length;
  return found;
}

describe.each(["muster", "master", "walk-through"] as const)("a plugin that speaks %s", (dialect) => {
  describe.each(answers)("and answers %s", (_what, behave, code) => {
    it("may have made what it was asked to make", async () => {
      const { provider } = await turned(dialect, behave);
      await expect(create(provider)).rejects.toMatchObject({ kind: "unknown", cause: { code } });
    });

    it("has listed nothing", async () => {
      const { provider } = await turned(dialect, behave);
      await expect(list(provider)).rejects.toMatchObject({ kind: "retryable", cause: { code } });
    });
  });

  it("hangs when a probe is not answered in time", async () => {
    const { connection } = await turned(dialect, saysNothing);
    await expect(connection.probe()).rejects.toMatchObject({ code: "plugin.hangs" });
  });

  it("does not hang when a call takes longer than a probe may", async () => {
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const provider = herd();
    const slow: TaggedProvider = {
      ...provider,
      async create(want, tags, context) {
        begun.resolve();
        await go.promise;
        return provider.create(want, tags, context);
      },
    };
    const path = join(await temporaryFolder(), "slow");
    const types = [{ type: herdType, provider: slow }];
    const plugin = await servePlugin({
      socket: path,
      dialects: [dialect],
      name: "slow",
      version: "1",
      types,
      flavors: [],
      io,
    });
    onTestFinished(plugin.close);
    const connection = await connectPlugin(path, { deadlines: { probe: 1_000 } });
    const made = (await opened(connection)).create({ properties: {} }, {}, ctx);
    await begun.promise;
    await connection.probe();
    go.resolve();
    expect(await made).toEqual({ id: "instance-1" });
  });
});

describe("a list that never ends", () => {
  const thing = (text: string) => JSON.stringify({ id: "1", tags: {}, phase: "running", properties: { text } });
  let page = 0;

  it.each([
    ["because its pages are empty", () => `{"items":[],"next":"${page++}"}`],
    ["because a page leads to itself", () => `{"items":[${thing("")}],"next":"again"}`],
    ["with pages as large as they may be", () => `{"items":[${thing(PAGE)}],"next":"${page++}"}`],
  ])(
    "is given up %s",
    async (_why, json) => {
      const { provider } = await turned(
        "muster",
        says((request) => result(json())(request)),
      );
      await expect(list(provider)).rejects.toMatchObject({ kind: "retryable", cause: { code: "plugin.bad-answer" } });
    },
    30_000,
  );
});

describe("a plugin that is let go", () => {
  it("is not waited for any more", async () => {
    const asked = Promise.withResolvers<void>();
    const { connection, provider } = await turned("muster", () => asked.resolve());
    const made = create(provider);
    await asked.promise;
    connection.close();
    await expect(made).rejects.toMatchObject({ kind: "unknown" });
    // Nobody was asked, so nothing was done.
    await expect(create(provider)).rejects.toMatchObject({ kind: "unavailable" });
  });
});
