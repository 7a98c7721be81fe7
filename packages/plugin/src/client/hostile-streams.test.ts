/** Plugins whose streams are not what they should be: Muster does not hang, and takes nothing for an end that is none. */
import type { Socket } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Provider } from "../contract.ts";
import { servePlugin } from "../server/serve.ts";
import { cattle, cattleType } from "../testing/cattle.ts";
import { io } from "../testing/herd.ts";
import { listenRaw, temporaryFolder } from "../testing/sockets.ts";
import { connectPlugin } from "./connect.ts";

const never = new AbortController().signal;
const all = (pieces: AsyncIterable<unknown>) => Readable.from(pieces).toArray();
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** Was a good plugin when it was asked what it is; from then on it behaves so. */
async function turned(behave: (socket: Socket) => void): Promise<Required<Pick<Provider, Streamed>>> {
  const folder = await temporaryFolder();
  const path = join(folder, "turned");
  const types = [{ type: cattleType, provider: cattle() }];
  const good = await servePlugin({ name: "turned", version: "1", socket: path, types, flavors: [], io });
  const connection = await connectPlugin(path, { deadlines: { ask: 300 } });
  onTestFinished(connection.close);
  const provider = await connection.types[0]?.open({}, io);
  await good.close();
  await listenRaw(path, (socket) => socket.once("data", () => behave(socket)));
  if (provider?.logs === undefined || provider.exec === undefined) throw new Error("it can neither log nor exec");
  const { logs, exec, console, tool } = provider;
  if (console === undefined || tool === undefined) throw new Error("it has neither a console nor tools");
  return { logs, exec, console, tool };
}

type Streamed = "logs" | "exec" | "console" | "tool";

const BAD: readonly (readonly [string, (socket: Socket) => void, string])[] = [
  ["says nothing", () => undefined, "plugin.timeout"],
  ["hangs up", (socket) => socket.destroy(), "plugin.bad-answer"],
  ["answers rubbish", (socket) => socket.end("moo\n"), "plugin.bad-answer"],
  [
    "refuses without a reason",
    (socket) => socket.end("HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno"),
    "plugin.bad-answer",
  ],
  [
    "does not tell where its stream ends",
    (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n{"end":{"kind":"exited","code":0}}\n'),
    "plugin.bad-answer",
  ],
  [
    "breaks off in the middle",
    (socket) => {
      socket.write(`${CHUNKED}${chunk('{"out":"bW9v"}\n')}`);
      setImmediate(() => socket.destroy());
    },
    "plugin.bad-answer",
  ],
];

describe.each(BAD)("a plugin that %s", (_what, behave, code) => {
  it("gives no log", async () => {
    const { logs } = await turned(behave);
    await expect(all(logs("a", { follow: false }, { signal: never }))).rejects.toMatchObject({
      cause: { code },
    });
  });

  it("shows no console", async () => {
    const { console } = await turned(behave);
    const shown = all(console("a", { follow: false }, { signal: never }));
    await expect(shown).rejects.toMatchObject({ kind: "retryable", cause: { code } });
  });

  it("may have taken what was typed into a console", async () => {
    const { console } = await turned(behave);
    const shown = all(console("a", { follow: false, input: Readable.from([Buffer.from("x")]) }, { signal: never }));
    await expect(shown).rejects.toMatchObject({ kind: "unknown", cause: { code } });
  });

  it("may have used a tool", async () => {
    const { tool } = await turned(behave);
    const used = all(tool("a", { tool: "pause" }, { signal: never }));
    await expect(used).rejects.toMatchObject({ kind: "unknown", cause: { code } });
  });

  it("runs no command", async () => {
    const { exec } = await turned(behave);
    const run = async () => {
      const { output, ended } = await exec("a", { command: ["moo"] }, { signal: never });
      await all(output);
      return ended;
    };
    await expect(run()).rejects.toMatchObject({ kind: "unknown", cause: { code } });
  });
});

it.each([
  ["what is no frame", "moo\n", "cannot be understood"],
  ["a line without an end", "x".repeat(300 * 1024), "a line without an end"],
  ["no end of the command", '{"out":"bW9v"}\n', "broke off before the command had ended"],
  ["a code that no program has", '{"end":{"kind":"exited","code":1000}}\n', "cannot be understood"],
])("a command of which the plugin tells %s has failed", async (_what, text, says) => {
  const { exec } = await turned((socket) => socket.end(`${CHUNKED}${chunk(text)}0\r\n\r\n`));
  const { output, ended } = await exec("a", { command: ["moo"] }, { signal: never });
  await expect(all(output)).rejects.toMatchObject({
    kind: "unknown",
    message: expect.stringContaining(says),
  });
  await expect(ended).rejects.toMatchObject({ message: expect.stringContaining(says) });
});

it("a log that never ends is ended by its reader", async () => {
  const { logs } = await turned((socket) => {
    socket.write(CHUNKED);
    const more = () => {
      while (socket.write(chunk("moo\n".repeat(1000))));
    };
    socket.on("drain", more);
    more();
  });
  const over = new AbortController();
  let taken = 0;
  for await (const { length } of logs("a", { follow: true }, { signal: over.signal })) {
    taken += length;
    if (taken > 1_000_000) over.abort();
  }
  expect(taken).toBeGreaterThan(1_000_000);
});
