import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@muster/model";
import { type Flavor, ProviderError } from "@muster/plugin";
import { expect, it, onTestFinished, vi } from "vitest";
import { hooksIn } from "./hooks.ts";
import { member, wrongWith } from "./test/members.ts";
import { webServer } from "./test/web-server.ts";

const slots = { kind: "numbered", size: 1 } as const;
const ctx = { signal: new AbortController().signal };
const hooks: Flavor = hooksIn(process.env);

/** A file that commands write to, a line each. */
async function notes() {
  const folder = await mkdtemp(join(tmpdir(), "muster-hooks-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "notes");
  await writeFile(file, "");
  return {
    noting: (line: string, { before = "true", after = "true" } = {}) => ({
      command: ["sh", "-c", `${before}; echo ${line} >> ${file}; ${after}`],
    }),
    written: async () => (await readFile(file, "utf8")).split("\n").slice(0, -1),
  };
}

it("tells somebody that a member was made, and of which", async () => {
  const { noting, written } = await notes();
  await hooks.started?.(member, { started: noting("$MUSTER_STACK/$MUSTER_GROUP $MUSTER_ID") }, ctx);
  await hooks.started?.(member, {}, ctx);
  expect(await written()).toEqual(["shop/web m-1"]);
});

it("has not started a member when its hook fails, hangs or cannot be run", async () => {
  const started = (hook: JsonObject) => hooks.started?.(member, { started: hook }, ctx);
  const failing = (reason: string) => ({
    kind: "retryable",
    message: expect.stringContaining(`the hook \`started\` failed: ${reason}`),
  });
  const refusing = { command: ["sh", "-c", "echo the register is closed; exit 1"] };
  await expect(started(refusing)).rejects.toMatchObject(failing("sh exited with 1: the register is closed"));
  await expect(started({ command: ["sleep", "300"], timeout: "50ms" })).rejects.toMatchObject(
    failing("sleep did not end within 50ms"),
  );
  await expect(started({ command: ["no-such-program"] })).rejects.toMatchObject(failing("there is no program"));
});

it("sends a request, with POST unless told", async () => {
  const asked: string[] = [];
  const url = await webServer(({ method, url, headers }, response) => {
    asked.push(`${method} ${url} ${headers["x-key"] ?? ""}`);
    response.writeHead(url === "/closed" ? 409 : 202).end();
  });
  const flavor: Flavor = hooksIn({ KEY: "k" });
  const call = (http: JsonObject) => flavor.started?.(member, { started: { http, timeout: "20s" } }, ctx);
  await call({ url: `${url}/in`, headers: { "x-key": { secret: { env: "KEY" } } } });
  await call({ url: `${url}/in`, method: "PUT", status: 202 });
  await expect(call({ url: `${url}/closed` })).rejects.toThrow(`${url}/closed answered 409`);
  expect(asked).toEqual(["POST /in k", "PUT /in ", "POST /closed "]);
});

it("drains first and says good-bye then, also when the drain has failed", async () => {
  const { noting, written } = await notes();
  const stopping = noting("stopping");
  await hooks.drain?.(member, { stopping, drain: noting("drained", { before: "sleep 0.1" }) }, ctx);
  expect(await written()).toEqual(["drained", "stopping"]);
  const failing = hooks.drain?.(member, { drain: noting("again", { after: "exit 1" }), stopping }, ctx);
  await expect(failing).rejects.toThrow("the hook `drain` failed: sh exited with 1");
  expect(await written()).toEqual(["drained", "stopping", "again", "stopping"]);
  await hooks.drain?.(member, {}, ctx);
});

it("ends a hook that hangs when nobody waits for the drain any more, and begins no other", async () => {
  const { noting, written } = await notes();
  const over = new AbortController();
  const properties = { drain: noting("drain", { after: "sleep 300" }), stopping: noting("stopping") };
  const drained = hooks.drain?.(member, properties, { signal: over.signal }).catch((thrown: unknown) => thrown);
  await vi.waitFor(async () => expect(await written()).toEqual(["drain"]), 20_000);
  over.abort();
  expect(await drained).toBeInstanceOf(ProviderError);
  expect(await written()).toEqual(["drain"]);
});

it("has one thing to do for each hook, in a time that Muster waits for", () => {
  const run = { command: ["true"] };
  const ask = { http: { url: "http://a" } };
  for (const hook of [run, ask, { ...run, timeout: "1h" }]) expect(wrongWith(hooks, { drain: hook })).toBeUndefined();
  for (const hook of [{}, { ...run, ...ask }, { ...run, timeout: "2h" }, { ...ask, env: {} }]) {
    expect(wrongWith(hooks, { drain: hook })).toBeDefined();
  }
  expect(wrongWith(hooks, { started: { ...run, timeout: "1m" } })).toBeUndefined();
  expect(wrongWith(hooks, { started: { ...run, timeout: "2m" } })).toContain("1m");
});

it("refuses what can never be called, and says in which hook", async () => {
  const refusal = (drain: JsonObject) => hooks.validate?.({ drain }, slots);
  expect(wrongWith(hooks, { drain: { http: { url: "nowhere" } } })).toContain("must be an address");
  await expect(refusal({ command: ["./x"] })).rejects.toThrow("`drain`: `command`: ");
  await refusal({ command: ["true"] });
});

it("only treats members: no change of it replaces one", () => {
  expect(hooks.effects).toEqual({ started: "in-place", drain: "in-place", stopping: "in-place" });
});
