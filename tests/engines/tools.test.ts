/** What can be done to containers to find out about them, on real engines. */
import type { Tool } from "@muster/plugin";
import { describe, expect, inject, it } from "vitest";
import { bytesOf, ctx, type House, houseAt, until } from "./support/containers.ts";

/** Counts as fast as it can. */
const BUSY = { command: ["sh", "-c", "i=0; while :; do i=$((i+1)); done"], memory: 64 << 20 };

describe.each(["docker", "podman"] as const)("on %s", (engine) => {
  const socket = inject(engine);

  describe.skipIf(socket === "")("a container", () => {
    it("is paused where it stands, tells so, and goes on", async () => {
      const house = await houseAt(socket);
      const id = await house.make(BUSY);
      await use(house, id, "pause");
      expect(await house.see(id)).toMatchObject({ phase: "running", reason: "it is paused" });
      await use(house, id, "pause");
      const { processorMs } = await stats(house, id);
      expect((await stats(house, id)).processorMs).toBe(processorMs);
      await use(house, id, "continue");
      await use(house, id, "continue");
      expect(await house.see(id)).toMatchObject({ phase: "running" });
      expect(await house.see(id)).not.toHaveProperty("reason");
      await until(
        () => stats(house, id),
        (now) => now.processorMs > processorMs,
        "its going on",
      );
    });

    it("tells what it uses", async () => {
      const house = await houseAt(socket);
      const id = await house.make(BUSY);
      const told = await until(
        () => stats(house, id),
        (now) => now.processorMs > 0,
        "its work",
      );
      expect(told).toMatchObject({ threads: 1, memoryBytes: expect.any(Number), memoryLimitBytes: 64 << 20 });
    });

    it("that has ended is refused", async () => {
      const house = await houseAt(socket);
      const id = await house.make({ command: ["true"] });
      await until(
        () => house.see(id),
        (seen) => seen?.phase === "ended",
        "its end",
      );
      for (const tool of ["pause", "continue", "stats"] as const) {
        await expect(use(house, id, tool)).rejects.toMatchObject({ kind: "invalid" });
        await expect(use(house, "0".repeat(64), tool)).rejects.toMatchObject({ kind: "invalid" });
      }
    });

    it("that is paused wakes whoever watches", async () => {
      const house = await houseAt(socket);
      const id = await house.make();
      let last: Awaited<ReturnType<typeof house.see>>;
      const over = new AbortController();
      house.provider.watch?.(() => void house.see(id).then((seen) => (last = seen)), over.signal);
      await until(
        async () => last,
        (seen) => seen?.phase === "running",
        "the first hint",
      );
      await use(house, id, "pause");
      await until(
        async () => last,
        (seen) => seen?.reason === "it is paused",
        "a hint of the pause",
      );
      over.abort();
    });
  });
});

async function use({ provider }: House, id: string, tool: Tool): Promise<string> {
  return (await bytesOf(provider.tool?.(id, { tool }, ctx) ?? nothing())).toString();
}

async function stats(house: House, id: string): Promise<Readonly<{ processorMs: number }>> {
  return JSON.parse(await use(house, id, "stats"));
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from("no tools are offered");
}
