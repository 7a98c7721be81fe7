import { rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { PATHS } from "../index.ts";
import { ask } from "../test/client.ts";
import { newRoom } from "../test/room.ts";

const SOON = { timeout: 10_000, interval: 50 };

describe("the daemon's socket", () => {
  it("is there again when somebody took it away, with the directory it was in", async () => {
    const room = newRoom();
    const { socket } = await room.start();
    rmSync(dirname(socket), { recursive: true });
    await vi.waitFor(async () => expect(await ask(socket, "GET", PATHS.ping)).toMatchObject({ status: 200 }), SOON);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
    rmSync(socket);
    await vi.waitFor(async () => expect(await ask(socket, "GET", PATHS.ping)).toMatchObject({ status: 200 }), SOON);
    expect(room.notices).toEqual([]);
  });

  it("is there again for InfraKit's clients too", async () => {
    const room = newRoom();
    await room.start({ groupSocket: true });
    const path = room.path("plugins", "group");
    rmSync(path);
    await vi.waitFor(() => expect(statSync(path).isSocket()).toBe(true), SOON);
  });

  it("is gone when the daemon ends, though it was made anew", async () => {
    const room = newRoom();
    const daemon = await room.start();
    rmSync(daemon.socket);
    await vi.waitFor(() => expect(statSync(daemon.socket).isSocket()).toBe(true), SOON);
    await daemon.close();
    expect(statSync(daemon.socket, { throwIfNoEntry: false })).toBeUndefined();
  });

  it("leaves alone what is no socket, and says once what stands in the way", async () => {
    const room = newRoom();
    const { socket } = await room.start();
    rmSync(socket);
    writeFileSync(socket, "not yours");
    await vi.waitFor(() => expect(room.notices).toMatchObject([{ kind: "trouble" }]), SOON);
    expect(room.notices[0]?.message).toContain("is there and is not a socket");
    rmSync(socket);
    await vi.waitFor(async () => expect(await ask(socket, "GET", PATHS.ping)).toMatchObject({ status: 200 }), SOON);
    expect(room.notices).toHaveLength(1);
  });
});
