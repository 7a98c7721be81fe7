/** What a thing prints and what a command does there, through the socket of a plugin. */
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { connectPlugin } from "../client/connect.ts";
import { type Execution, ProviderError, type TaggedProvider } from "../contract.ts";
import { type Cattle, cattle, cattleType } from "../testing/cattle.ts";
import { io } from "../testing/herd.ts";
import { exchange, post, temporaryFolder } from "../testing/sockets.ts";
import { servePlugin } from "./serve.ts";

const never = new AbortController().signal;

async function farm(change: (cows: Cattle & Required<TaggedProvider>) => Partial<TaggedProvider> = () => ({})) {
  const cows = cattle();
  const socket = join(await temporaryFolder(), "farm");
  const types = [{ type: cattleType, provider: { ...cows, ...change(cows) } }];
  const plugin = await servePlugin({ name: "farm", version: "1", socket, types, flavors: [], io });
  onTestFinished(plugin.close);
  const connection = await connectPlugin(socket);
  onTestFinished(connection.close);
  const provider = await connection.types[0]?.open({}, io);
  if (provider?.logs === undefined || provider.exec === undefined) throw new Error("it can neither log nor exec");
  const { id } = await provider.create({ name: "Bessy" }, {}, { signal: never });
  const { logs, exec } = provider;
  return { cows, socket, plugin, id, logs, exec };
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
  const { exec, logs, id } = await farm();
  await expect(text(logs("nobody", { follow: false }, { signal: never }))).rejects.toMatchObject({
    ...{ kind: "invalid", message: expect.stringContaining("there is no cow nobody") },
  });
  await expect(exec("nobody", { command: ["moo"] }, { signal: never })).rejects.toMatchObject({ kind: "invalid" });
  await expect(exec(id, { command: ["fly"] }, { signal: never })).rejects.toMatchObject({ kind: "invalid" });
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
  const ask = (body: object) => exchange(socket, post(JSON.stringify(body), "/exec"));
  const answers = [
    await get("/logs"),
    await get(`/logs?type=cattle&id=${id}&lines=-1`),
    await get(`/logs?type=cattle&id=${id}&follow=yes`),
    await get(`/logs?type=sheep&id=${id}`),
    await ask({ type: "cattle", id }),
    await ask({ type: "cattle", id, command: [] }),
    await ask({ type: "cattle", id, command: new Array(2000).fill("moo") }),
    await exchange(socket, post("moo", "/exec", "text/plain")),
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
