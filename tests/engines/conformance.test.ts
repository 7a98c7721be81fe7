/** The type keeps the contract that plugins are held to, on a real engine. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conform, servePlugin } from "@muster/plugin";
import { containerIn } from "@muster/provider-container";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { io, SLEEPER } from "./support/containers.ts";
import { raw } from "./support/raw.ts";

const docker = inject("docker");

describe.skipIf(docker === "")("on Docker", () => {
  it("container keeps the contract, and leaves nothing behind", async () => {
    const folder = await mkdtemp(join(tmpdir(), "muster-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const type = containerIn({});
    const provider = await type.open(type.settings.parse({ host: docker }), io);
    const socket = join(folder, "container");
    const served = { name: "built-in", version: "1", types: [{ type, provider }], flavors: [], io };
    const plugin = await servePlugin({ ...served, socket, dialects: ["muster"] });
    onTestFinished(plugin.close);
    const properties = { ...SLEEPER, memory: 64 << 20, cpus: 0.5, pids: 50, stop: { signal: "SIGKILL" } };
    const fails: object[] = [];
    const leftOut: string[] = [];
    let holds = 0;
    for await (const result of conform(socket, { properties, patience: 10_000 })) {
      if (result.kind === "fails") fails.push(result);
      if (result.kind === "left-out") leftOut.push(result.says);
      if (result.kind === "holds") holds++;
    }
    expect(fails).toEqual([]);
    // What a container is asked for is checked by its schema; labels stay as they were made.
    // Nothing of it can only be told by its provider, is never shown again, or is told of what others change.
    const resources = ["it", "what", "what", "assess", "refresh"];
    expect(leftOut.map((says) => says.split(" ")[0])).toEqual(["validate", "validate", "retag", ...resources]);
    expect(holds).toBeGreaterThan(30);
    expect(JSON.parse(await raw(docker, "GET", "/containers/json?all=1"))).toEqual([]);
  }, 180_000);
});
