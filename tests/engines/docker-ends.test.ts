/** How containers end on a real Docker Engine, and how that is heard of. */
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { ctx, type House, houseAt, until } from "./support/containers.ts";
import { pidOf } from "./support/raw.ts";

const docker = inject("docker");

/** Looks whenever it is woken, and at no other time. */
function lookingWhenWoken({ provider, see }: House, id: string) {
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const seen: Awaited<ReturnType<House["see"]>>[] = [];
  const look = async () => {
    seen.push(await see(id));
  };
  provider.watch?.(() => void look(), over.signal);
  return async () => seen.at(-1);
}

describe.skipIf(docker === "")("a container that ends", () => {
  it("because its process was killed is told by a hint, with the reason", async () => {
    const house = await houseAt(docker);
    const id = await house.make();
    const last = lookingWhenWoken(house, id);
    await until(last, (seen) => seen?.phase === "running", "the first hint");
    process.kill(await pidOf(docker, id), "SIGKILL");
    const ended = await until(last, (seen) => seen?.phase === "ended", "a hint of its end");
    expect(ended?.reason).toBe("killed by SIGKILL (code 137)");
  });

  it("because it used up its memory says so", async () => {
    const house = await houseAt(docker);
    const grow = "x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done";
    const id = await house.make({ memory: 16 << 20, command: ["sh", "-c", grow] });
    const ended = await until(
      () => house.see(id),
      (seen) => seen?.phase === "ended",
      "its end",
    );
    expect(ended?.reason).toBe("killed: it had used up its memory");
  });

  it("by itself tells its code", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ command: ["sh", "-c", "exit 3"] });
    const ended = await until(
      () => house.see(id),
      (seen) => seen?.phase === "ended",
      "its end",
    );
    expect(ended?.reason).toBe("exited with code 3");
    expect(await house.provider.read?.(id, ctx)).toEqual(ended);
  });

  it("because somebody removed it is told by a hint", async () => {
    const house = await houseAt(docker);
    const id = await house.make();
    const last = lookingWhenWoken(house, id);
    await until(last, (seen) => seen?.phase === "running", "the first hint");
    const other = await houseAt(docker);
    await other.provider.destroy(id, ctx);
    await until(last, (seen) => seen === undefined, "a hint that it is gone");
  });

  it("is destroyed by two at once, and both are done", async () => {
    const house = await houseAt(docker);
    const id = await house.make({ stop: { timeout: "1s" } });
    await Promise.all([1, 2, 3].map(() => house.provider.destroy(id, ctx)));
    expect(await house.seen()).toEqual([]);
  });
});
