/** What Podman's API can do, and where it differs. */
import { rejects } from "node:assert/strict";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { bytesOf, ctx, houseAt, SLEEPER, until } from "./support/containers.ts";
import { pidOf, raw } from "./support/raw.ts";

const podman = inject("podman");

describe.skipIf(podman === "")("on Podman", () => {
  it("a container is made, listed by its labels, and destroyed", async () => {
    const house = await houseAt(podman, { PASSWORD: "s3same" });
    const odd = { ...house.tags, "test.empty": "", "test.odd": "* [a]=b, Grüße", "test.star": "a*" };
    const { id } = await house.provider.create({ ...SLEEPER, memory: 64 << 20, cpus: 0.5, init: true }, odd, ctx);
    expect(await house.seen()).toMatchObject([
      { id, tags: odd, phase: "running", properties: { memory: 64 << 20, cpus: 0.5 } },
    ]);
    await house.provider.destroy(id, ctx);
    await house.provider.destroy(id, ctx);
    expect(await house.seen()).toEqual([]);
  });

  it("an end is told by a hint, with the reason", async () => {
    const house = await houseAt(podman);
    const id = await house.make();
    const over = new AbortController();
    onTestFinished(() => over.abort());
    let last: Awaited<ReturnType<typeof house.see>>;
    const look = async () => {
      last = await house.see(id);
    };
    house.provider.watch?.(() => void look(), over.signal);
    await until(
      async () => last,
      (seen) => seen?.phase === "running",
      "the first hint",
    );
    process.kill(await pidOf(podman, id), "SIGKILL");
    const ended = await until(
      async () => last,
      (seen) => seen?.phase === "ended",
      "a hint of its end",
    );
    expect(ended?.reason).toBe("killed by SIGKILL (code 137)");
  });

  it("memory that is used up is not told for certain", async () => {
    const house = await houseAt(podman);
    const grow = "x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done";
    const id = await house.make({ memory: 16 << 20, command: ["sh", "-c", grow] });
    const ended = await until(
      () => house.see(id),
      (seen) => seen?.phase === "ended",
      "its end",
    );
    expect(ended?.reason).toMatch(/memory/);
  });

  it("limits cannot be changed while it lives", async () => {
    const house = await houseAt(podman);
    await house.make({ memory: 64 << 20 });
    const [from] = await house.seen();
    if (from === undefined) throw new Error("it is not there");
    const updated = house.provider.update?.(from, { ...SLEEPER, memory: 32 << 20 }, ctx) ?? Promise.resolve();
    await rejects(updated, { kind: "invalid", message: /cannot change the limits of a living container/ });
  });

  it.each([
    ["a user that does not exist", { user: "nobody-here" }, "invalid"],
    ["a command that does not exist", { command: ["no-such-command"] }, "invalid"],
    ["a network that does not exist", { networks: ["no-such-network"] }, "retryable"],
    ["an image that is not there", { image: "localhost/nowhere:1" }, "retryable"],
    ["an image that no registry has", { image: "localhost/nowhere:1", pull: "missing" as const }, "retryable"],
  ])("%s is refused", async (_what, want, kind) => {
    const house = await houseAt(podman);
    await rejects(house.make(want), { kind });
    expect(await house.seen()).toEqual([]);
  });

  it("logs and commands go as on Docker", async () => {
    const house = await houseAt(podman);
    const id = await house.make({ command: ["sh", "-c", "echo out; sleep 1000"] });
    const logs = () => bytesOf(house.provider.logs?.(id, { follow: false }, ctx) ?? none());
    await until(
      async () => (await logs()).toString(),
      (text) => text === "out\n",
      "what it printed",
    );
    const input = one(Buffer.from("given"));
    const execution = await house.provider.exec?.(id, { command: ["sh", "-c", "cat; exit 4"], input }, ctx);
    const printed: string[] = [];
    for await (const { bytes } of execution?.output ?? []) printed.push(Buffer.from(bytes).toString());
    expect(printed.join("")).toBe("given");
    expect(await execution?.ended).toEqual({ kind: "exited", code: 4 });
    const missing = house.provider.exec?.(id, { command: ["no-such-command"] }, ctx) ?? Promise.resolve();
    await rejects(missing, { kind: "invalid" });
  });

  it("a log that is followed while its container ends comes whole", async () => {
    const house = await houseAt(podman);
    const id = await house.make({ command: ["sh", "-c", "yes 0123456789abcdef | head -n 60000"] });
    const followed = await bytesOf(house.provider.logs?.(id, { follow: true }, ctx) ?? none());
    expect(followed).toHaveLength(60_000 * 17);
  });

  it("what is not Muster's is not listed", async () => {
    const house = await houseAt(podman);
    const { Id } = JSON.parse(
      await raw(podman, "POST", "/containers/create?name=stranger", {
        Image: SLEEPER.image,
        Cmd: ["true"],
        Labels: house.tags,
      }),
    );
    onTestFinished(async () => {
      await raw(podman, "DELETE", `/containers/${Id}?force=1`);
    });
    expect(await house.seen()).toEqual([]);
  });
});

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* none(): AsyncGenerator<Uint8Array> {
  yield* [];
}
