/** A Docker Engine that goes away and comes back: an engine of these tests' own. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { ctx, houseAt, until } from "./support/containers.ts";
import { startDocker } from "./support/engines.ts";
import { importImage } from "./support/image.ts";
import { pidOf } from "./support/raw.ts";

describe.skipIf(inject("docker") === "")("an engine that is killed", () => {
  it("is unavailable until it is back, and then everything is as it was", async () => {
    const engine = await ownEngine();
    const house = await houseAt(engine.socket);
    const id = await house.make();
    const pid = await pidOf(engine.socket, id);
    const before = await house.seen();
    let wakes = 0;
    const over = new AbortController();
    onTestFinished(() => over.abort());
    house.provider.watch?.(() => wakes++, over.signal);
    await until(
      async () => wakes,
      (count) => count > 0,
      "the stream of events",
    );
    const beforeKill = wakes;

    await engine.kill();
    await expect(house.seen()).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining(engine.socket),
    });
    await expect(house.make()).rejects.toMatchObject({ kind: "unavailable" });
    await expect(house.provider.destroy(id, ctx)).rejects.toMatchObject({ kind: "unavailable" });
    await until(
      async () => wakes,
      (count) => count > beforeKill,
      "a hint that it went away",
    );
    expect(process.kill(pid, 0)).toBe(true);

    const beforeReturn = wakes;
    await engine.startAgain();
    await until(
      async () => wakes,
      (count) => count > beforeReturn,
      "a hint that it is back",
    );
    expect(await house.seen()).toEqual(before);
    expect(await pidOf(engine.socket, id)).toBe(pid);
    await house.provider.destroy(id, ctx);
    expect(await house.seen()).toEqual([]);
  });

  it("tells what ended while it was away when it is back", async () => {
    const engine = await ownEngine();
    const house = await houseAt(engine.socket);
    const id = await house.make();
    const pid = await pidOf(engine.socket, id);
    await house.seen();
    await engine.kill();
    process.kill(pid, "SIGKILL");
    await engine.startAgain();
    const ended = await until(
      () => house.see(id),
      (seen) => seen?.phase === "ended",
      "its end",
    );
    expect(ended?.reason).toContain("killed by SIGKILL");
  });
});

async function ownEngine() {
  const home = mkdtempSync(join(process.env["MUSTER_TEST_FOLDER"] ?? tmpdir(), "own-"));
  let engine = await startDocker(home, { isolated: true });
  onTestFinished(() => engine.stop());
  await importImage(engine.socket);
  return {
    socket: engine.socket,
    kill: () => engine.kill(),
    async startAgain() {
      engine = await startDocker(home, { isolated: true });
    },
  };
}
