/** What engines answer to the tools, and what is made of it. */
import type { Tool } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { container } from "./container.ts";
import { statsOf } from "./stats.ts";
import { answering, ctx, io, json } from "./test/answers.ts";

const ID = "0123456789abcdef".repeat(4);
const LOOK = `GET /containers/${ID}/json`;

async function used(tool: Tool, answers: Parameters<typeof answering>[0]) {
  const { socket, asked } = await answering(answers);
  const provider = await container.open(container.settings.parse({ host: socket }), io);
  const use = async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of provider.tool?.(ID, { tool }, ctx) ?? []) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };
  return { asked, given: await use().catch((thrown: unknown) => thrown) };
}

/** As the engine shows it, one time after another. */
function shown(...states: readonly string[]) {
  let time = 0;
  return (...call: Parameters<ReturnType<typeof json>>) => {
    const Status = states[Math.min(time++, states.length - 1)] ?? "";
    json({ Id: ID, Name: "/a", Created: "", State: { Status }, Config: { Image: "web:1" }, HostConfig: {} })(...call);
  };
}

const DONE = json("", 204);
const REFUSED = json({ message: "it is already so" }, 409);

describe("a container", () => {
  it.each([
    ["pause", "running", "pause"],
    ["continue", "paused", "unpause"],
  ] as const)("%s: it is asked of the engine", async (tool, state, call) => {
    const path = `POST /containers/${ID}/${call}`;
    const { asked, given } = await used(tool, { [LOOK]: shown(state), [path]: DONE });
    expect([given, asked]).toEqual(["", [LOOK, path]]);
  });

  it.each([
    ["pause", "paused"],
    ["continue", "running"],
  ] as const)("%s: nothing is asked of the engine where it is so already", async (tool, state) => {
    expect(await used(tool, { [LOOK]: shown(state) })).toEqual({ asked: [LOOK], given: "" });
  });

  it("that somebody else pauses meanwhile is paused", async () => {
    const answers = { [LOOK]: shown("running", "paused"), [`POST /containers/${ID}/pause`]: REFUSED };
    expect(await used("pause", answers)).toMatchObject({ given: "" });
  });

  it("that its engine cannot pause goes on, and that is told in the engine's words", async () => {
    const refused = json({ message: "cannot pause without a freezer" }, 500);
    const { given } = await used("pause", { [LOOK]: shown("running"), [`POST /containers/${ID}/pause`]: refused });
    expect(given).toMatchObject({ kind: "retryable", message: expect.stringContaining("without a freezer") });
  });

  it.each<Tool>(["pause", "continue", "stats"])("that does not run, or is not there, is refused: %s", async (tool) => {
    const ended = await used(tool, { [LOOK]: shown("exited") });
    expect(ended).toMatchObject({
      asked: [LOOK],
      given: { kind: "invalid", message: expect.stringContaining("does not run") },
    });
    const gone = await used(tool, { [LOOK]: json({ message: "No such container" }, 404) });
    expect(gone).toMatchObject({
      given: { kind: "invalid", message: expect.stringContaining("there is no container") },
    });
  });

  it("has no other tools", async () => {
    expect(await used("core", { [LOOK]: shown("running") })).toMatchObject({ given: { kind: "invalid" }, asked: [] });
  });

  it("tells what it uses", async () => {
    const told = { pids_stats: { current: 3 }, cpu_stats: { cpu_usage: { total_usage: 1_500_000_000 } } };
    const { given } = await used("stats", { [LOOK]: shown("running"), [`GET /containers/${ID}/stats`]: json(told) });
    expect(given).toBe('{"threads":3,"processorMs":1500}\n');
  });
});

describe("what a container uses", () => {
  it("is its memory without the cache, of either version of control groups", () => {
    const memory = (stats: Record<string, number>) => statsOf({ memory_stats: { usage: 1_000, limit: 5_000, stats } });
    expect(memory({ inactive_file: 300 })).toEqual({ memoryBytes: 700, memoryLimitBytes: 5_000 });
    expect(memory({ total_inactive_file: 400 })).toEqual({ memoryBytes: 600, memoryLimitBytes: 5_000 });
    expect(memory({ inactive_file: 2_000 })).toMatchObject({ memoryBytes: 0 });
  });

  it("is of all its networks together", () => {
    const networks = { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10, tx_bytes: 20 } };
    expect(statsOf({ networks })).toEqual({ receivedBytes: 11, sentBytes: 22 });
  });

  it("leaves out what is not counted", () => {
    expect(statsOf({})).toEqual({});
    expect(statsOf({ memory_stats: {}, cpu_stats: { cpu_usage: null }, pids_stats: { current: null } })).toEqual({});
  });
});
