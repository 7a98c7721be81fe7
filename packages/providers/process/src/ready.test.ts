/** When a process counts as running, and what is run in it. */
import { rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { Ready } from "@muster/checks/probes";
import { expect, it, onTestFinished } from "vitest";
import { processType } from "./index.ts";
import {
  ctx,
  failureOf,
  freshDirectory,
  freshProvider,
  hasEnded,
  io,
  isAlive,
  leaderOf,
  type Processes,
  pidOfSleep,
  pidRunning,
  seen,
  seenAs,
  until,
} from "./test/room.ts";

const shell = (script: string) => ({ command: "/bin/sh", args: ["-c", script] });

async function freePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** A web server that listens when there is a file `gate`, and answers with this status. */
function server(port: number, gate: string, status: number) {
  const program = `const { existsSync } = require("fs");
    const wait = setInterval(() => { if (!existsSync("${gate}")) return; clearInterval(wait);
    require("http").createServer((_, answer) => { answer.statusCode = ${status}; answer.end(); }).listen(${port}, "127.0.0.1", () => console.log("now listening")); }, 5);`;
  return { command: process.execPath, args: ["-e", program], port };
}

it.each<[string, (port: number, gate: string) => Ready]>([
  ["it answers over http", (port) => ({ http: { url: `http://127.0.0.1:${port}/health`, status: 204 } })],
  [
    "it answers at its port as it should",
    (port) => ({ http: { port: String(port), path: "/health", method: "HEAD", status: [201, 204] } }),
  ],
  ["it takes a connection", (port) => ({ tcp: { port } })],
  ["a command succeeds in it", (_, gate) => ({ command: ["test", "-e", gate], timeout: "5s" })],
  ["a line is in its log", () => ({ log: "listening" })],
])("is starting until %s, and then stays running", async (_, readyOf) => {
  const { dir, provider } = await freshProvider();
  const [port, gate] = [await freePort(), `${freshDirectory()}/gate`];
  const { id } = await provider.create({ ...server(port, gate, 204), ready: readyOf(port, gate) }, {}, ctx);
  expect(await seen(provider, id)).toMatchObject({ phase: "starting" });
  const over = new AbortController();
  onTestFinished(() => over.abort());
  writeFileSync(gate, "");
  // Somebody who is only woken finds out too.
  await new Promise<void>((resolve) => {
    provider.watch?.(() => void seen(provider, id).then((each) => each?.phase === "running" && resolve()), over.signal);
  });
  const other = await processType.open({ dir }, io);
  expect(await seen(other, id)).toMatchObject({ phase: "running" });
});

it("is not ready where the status is another", async () => {
  const { provider } = await freshProvider();
  const [port, gate] = [await freePort(), `${freshDirectory()}/gate`];
  writeFileSync(gate, "");
  const ready = { http: { url: `http://127.0.0.1:${port}/` } };
  const { id } = await provider.create({ ...server(port, gate, 500), ready, log: { files: 1 } }, {}, ctx);
  await until(async () => ((await answered(port)) ? true : undefined));
  expect(await seen(provider, id)).toMatchObject({ phase: "starting", reason: "it is not ready yet" });
});

async function answered(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

it("gives up a try that hangs, and tries again", async () => {
  const { provider } = await freshProvider();
  const marker = `${freshDirectory()}/second`;
  const probe = `test -e ${marker} && exit 0; touch ${marker}; exec sleep 1009`;
  const ready: Ready = { command: ["sh", "-c", probe], timeout: "50ms" };
  const { id } = await provider.create({ command: "sleep", args: ["1000"], ready }, {}, ctx);
  await seenAs(provider, id, (each) => each?.phase === "running");
  await until(() => (pidRunning(id, "sleep 1009") === undefined ? true : undefined));
});

async function ran(provider: Processes, id: string, command: readonly [string, ...string[]], input?: string) {
  async function* given() {
    if (input !== undefined) yield Buffer.from(input);
  }
  const run = await provider.exec?.(id, { command, input: given() }, ctx);
  const texts = { out: "", err: "" };
  for await (const { stream, bytes } of run?.output ?? []) texts[stream] += Buffer.from(bytes).toString();
  return { ...texts, exit: await run?.ended };
}

it("runs commands as the process sees the world, with input, output and how they end", async () => {
  const { provider } = await freshProvider();
  const want = { command: "sleep", args: ["1000"], env: { COLOUR: "blue" }, cwd: "/usr" };
  const { id } = await provider.create(want, {}, ctx);
  const script = 'echo "$COLOUR in $PWD"; cat; echo wrong >&2; exit 4';
  expect(await ran(provider, id, ["sh", "-c", script], "given\n")).toEqual({
    out: "blue in /usr\ngiven\n",
    err: "wrong\n",
    exit: { kind: "exited", code: 4 },
  });
  expect((await ran(provider, id, ["sh", "-c", "kill -9 $$"])).exit).toEqual({ kind: "killed", signal: "SIGKILL" });
  expect(await seen(provider, id)).toMatchObject({ phase: "running" });
});

it("ends a command with the signal, and with the process that it runs in", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create({ command: "sleep", args: ["1000"] }, {}, ctx);
  const over = new AbortController();
  const first = await provider.exec?.(id, { command: ["sh", "-c", "sleep 1007"] }, { signal: over.signal });
  const child = await until(() => pidRunning(id, "sleep 1007"));
  over.abort();
  for await (const _ of first?.output ?? []) expect.unreachable();
  expect(await first?.ended).toEqual({ kind: "killed", signal: "SIGKILL" });
  await until(() => (isAlive(child) ? undefined : true));
  const second = await provider.exec?.(id, { command: ["sleep", "1008"] }, ctx);
  await provider.destroy(id, ctx);
  for await (const _ of second?.output ?? []) expect.unreachable();
  expect(await second?.ended).toMatchObject({ kind: "killed" });
});

it("minds nobody who goes away in the middle of what a command prints", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create({ command: "sleep", args: ["1000"] }, {}, ctx);
  const unheard: unknown[] = [];
  const hear = (thrown: unknown) => unheard.push(thrown);
  process.on("unhandledRejection", hear);
  onTestFinished(() => void process.off("unhandledRejection", hear));
  const over = new AbortController();
  const run = await provider.exec?.(
    id,
    { command: ["sh", "-c", "echo all; exec sleep 1010"] },
    { signal: over.signal },
  );
  for await (const { bytes } of run?.output ?? []) {
    expect(Buffer.from(bytes).toString()).toBe("all\n");
    break;
  }
  over.abort();
  expect(await run?.ended).toEqual({ kind: "killed", signal: "SIGKILL" });
  await new Promise(setImmediate);
  expect(unheard).toEqual([]);
});

it("keeps nothing of what a command has printed and was read, and loses nothing of what is read late", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create({ command: "sleep", args: ["1000"] }, {}, ctx);
  const MANY = 200_000_000;
  const before = process.memoryUsage().arrayBuffers;
  const run = await provider.exec?.(id, { command: ["head", "-c", String(MANY), "/dev/zero"] }, ctx);
  let count = 0;
  for await (const { bytes } of run?.output ?? []) count += bytes.length;
  expect(count).toBe(MANY);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MANY / 2);
  const late = await provider.exec?.(id, { command: ["sh", "-c", "echo late"] }, ctx);
  await until(() => (pidRunning(id, "sh -c echo late") === undefined ? true : undefined));
  const texts: string[] = [];
  for await (const { bytes } of late?.output ?? []) texts.push(Buffer.from(bytes).toString());
  expect(texts.join("")).toBe("late\n");
});

it("comes to an end with the signal, though one that has left the command's session holds its output open", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create({ command: "sleep", args: ["1000"] }, {}, ctx);
  const over = new AbortController();
  const command = ["sh", "-c", "setsid sleep 1011 & wait"] as const;
  const run = await provider.exec?.(id, { command: [...command] }, { signal: over.signal });
  const left = await until(() => pidRunning(id, "sleep 1011"));
  over.abort();
  for await (const _ of run?.output ?? []) expect.unreachable();
  expect(await run?.ended).toEqual({ kind: "killed", signal: "SIGKILL" });
  await provider.destroy(id, ctx);
  expect(isAlive(left)).toBe(false);
});

it("refuses to run what is not there, or where nothing runs", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create({ command: "sleep", args: ["1000"] }, {}, ctx);
  const asked = (command: string, of = id) => provider.exec?.(of, { command: [command] }, ctx) ?? Promise.resolve();
  expect((await failureOf(asked("no-such-program"))).kind).toBe("invalid");
  expect((await failureOf(asked("true", "p-000000000000"))).kind).toBe("invalid");
  const { id: ended } = await provider.create(shell("exit 0"), {}, ctx);
  await seenAs(provider, ended, hasEnded);
  expect((await failureOf(asked("true", ended))).kind).toBe("invalid");
});

it("runs nothing where it is not known any more as whom, or with what environment", async () => {
  const { dir, provider } = await freshProvider();
  const { id } = await provider.create({ command: "sleep", args: ["1000"] }, {}, ctx);
  const asked = (of: string) => provider.exec?.(of, { command: ["true"] }, ctx) ?? Promise.resolve();
  rmSync(`${dir}/${id}/spec.json`);
  expect(await failureOf(asked(id))).toMatchObject({ kind: "invalid", message: expect.stringContaining("is lost") });
  const { id: headless } = await provider.create({ command: "sleep", args: ["1000"] }, {}, ctx);
  await until(() => pidOfSleep(headless));
  process.kill(leaderOf(headless), "SIGKILL");
  await seenAs(provider, headless, (each) => each?.reason?.includes("leader") === true);
  expect(await failureOf(asked(headless))).toMatchObject({ message: expect.stringContaining("leader") });
});
