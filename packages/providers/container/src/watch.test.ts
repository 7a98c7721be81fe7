import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { engineAt } from "./engine/engine.ts";
import { answering } from "./test/answers.ts";
import { follow } from "./watch.ts";

async function followed() {
  const streams: ServerResponse[] = [];
  const { socket } = await answering({
    "GET /events": (response) => {
      response.writeHead(200).flushHeaders();
      streams.push(response);
    },
  });
  const heard = { wake: vi.fn(), changed: vi.fn() };
  const over = new AbortController();
  onTestFinished(() => over.abort());
  follow(engineAt(socket), heard, over.signal);
  await vi.waitFor(() => expect(heard.wake).toHaveBeenCalledTimes(1));
  return { ...heard, over, streams, tell: (event: object) => streams.at(-1)?.write(`${JSON.stringify(event)}\n`) };
}

describe("an engine's events", () => {
  it("wake at once for what may have happened before, and then for each", async () => {
    const { wake, changed, tell } = await followed();
    expect(changed).toHaveBeenLastCalledWith(undefined);
    tell({ Type: "container", Action: "start", id: "c1" });
    await vi.waitFor(() => expect(wake).toHaveBeenCalledTimes(2));
    expect(changed).toHaveBeenLastCalledWith("c1");
  });

  it("of commands inside are no news: health checks are such", async () => {
    const { wake, changed, tell } = await followed();
    tell({ Action: "exec_create: true", id: "c1" });
    tell({ Action: "exec_start: true", id: "c1" });
    tell({ Action: "exec_die", id: "c1" });
    tell({ Action: "pause", id: "c2" });
    await vi.waitFor(() => expect(changed).toHaveBeenLastCalledWith("c2"));
    expect(wake).toHaveBeenCalledTimes(2);
  });

  it.each(["die", "died"])("of an end (%s) wake again: the list may not show it yet", async (action) => {
    const { wake, tell } = await followed();
    tell({ Action: action, id: "c1" });
    await vi.waitFor(() => expect(wake).toHaveBeenCalledTimes(4), { timeout: 10_000 });
  });

  it.each([
    ["the engine goes away", (stream: ServerResponse | undefined) => stream?.destroy()],
    ["they are rubbish", (stream: ServerResponse | undefined) => stream?.write("rubbish\n")],
  ])("are listened to again after %s", async (_what, disturb) => {
    const { wake, streams } = await followed();
    disturb(streams[0]);
    await vi.waitFor(() => expect(streams).toHaveLength(2), { timeout: 10_000 });
    await vi.waitFor(() => expect(wake.mock.calls.length).toBeGreaterThanOrEqual(3));
  });

  it("are listened to no more when nobody watches", async () => {
    const { over, streams } = await followed();
    const closed = new Promise((resolve) => streams[0]?.once("close", resolve));
    over.abort();
    await closed;
    expect(streams).toHaveLength(1);
  });
});
