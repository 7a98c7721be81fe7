import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFarm } from "./test/farm.ts";
import type { House } from "./test/house.ts";

/** A service that keeps cows of a plugin process, processes, and files. */
describe("checks of members, on the real command", () => {
  let house: House;

  beforeAll(async () => {
    ({ house } = await openFarm({
      barn: { size: 2, template: { cow: { name: "Bessy" } } },
      dogs: { size: 1, template: { process: { command: "sleep", args: ["1000"] } } },
      mute: { size: 1, template: { "instance-file": {} } },
      empty: { size: 0, template: { "instance-file": {} } },
    }));
    await house.write("checks.yaml", "checks:\n  - file: /etc/passwd\n    exists: true\n    type: file\n");
  });
  afterAll(async () => {
    await house.run("destroy", "farm.json", "--yes");
    await house.close();
  });

  const verify = async (...targets: readonly string[]) => {
    const flags = targets.flatMap((target) => ["--target", target]);
    const { code, out, err } = await house.run("verify", "checks.yaml", "--output", "json", ...flags);
    if (err !== "") return { code, err };
    const results: readonly { readonly target: string; readonly verdict: string; readonly reason?: string }[] =
      JSON.parse(out).results;
    return { code, asked: results.map(({ target, verdict }) => `${target} ${verdict}`), reason: results[0]?.reason };
  };

  it("are asked of all members of a group, or of one, and each once", async () => {
    const both = ["farm/barn/0 pass", "farm/barn/0 pass", "farm/barn/1 pass", "farm/barn/1 pass"];
    expect(await verify("farm/barn")).toMatchObject({ code: 0, asked: both });
    expect(await verify("farm/barn", "farm/barn/1")).toMatchObject({ code: 0, asked: both });
    expect(await verify("farm/barn/1")).toMatchObject({ code: 0, asked: ["farm/barn/1 pass", "farm/barn/1 pass"] });
  });

  it("stand in the history as commands that somebody ran", async () => {
    await verify("farm/barn/1");
    expect((await house.run("history", "farm/barn")).out).toMatch(/`sh` is run in cow-2, .* given something to read/);
  });

  it("are asked of this machine, where the members are processes of it", async () => {
    expect(await verify("farm/dogs", "local")).toMatchObject({
      code: 0,
      asked: ["farm/dogs/0 pass", "farm/dogs/0 pass", "local pass", "local pass"],
    });
  });

  it("are asked of this machine, where the members lie on it and have no inside", async () => {
    expect(await verify("farm/mute")).toMatchObject({ code: 0, asked: ["farm/mute/0 pass", "farm/mute/0 pass"] });
  });

  it("cannot be told of what nobody can look into, which says so", async () => {
    await serveStones(house);
    await house.write("quarry.json", { stack: "quarry", groups: { wall: { size: 1, template: { stone: {} } } } });
    expect(await house.run("apply", "quarry.json", "--yes")).toMatchObject({ code: 0, err: "" });
    expect(await verify("quarry/wall")).toEqual({
      ...{ code: 4, asked: ["quarry/wall/0 unknown", "quarry/wall/0 unknown"] },
      reason: "nobody can look into a stone",
    });
  });

  it("are refused where there is nobody, or nobody of that name", async () => {
    expect(await verify("farm/empty")).toMatchObject({
      code: 4,
      err: expect.stringContaining("group `farm/empty` has no members that could be asked"),
    });
    expect((await verify("farm/barn/2")).err).toContain("there is no instance `farm/barn/2`");
    expect((await verify("farm/bran")).err).toContain("did you mean `farm/barn`?");
    expect((await verify("container:-x")).err).toContain("that is no name of a container");
    expect((await verify("container:db?host=tcp://x")).err).toContain("must be unix:///PATH or an absolute path");
  });

  it("cannot be told of a container, where there is no engine", async () => {
    const socket = house.path("engine.sock");
    expect(await verify(`container:db?host=${socket}`)).toMatchObject({
      code: 4,
      reason: `no engine could be reached at ${socket}: there is no such socket`,
    });
  });
});

/** A plugin whose things run nothing, and lie who knows where. */
async function serveStones(house: House): Promise<void> {
  await house.write(
    "stones.ts",
    `import { definePlugin, z } from "@muster/sdk";
     const stones = [];
     export default definePlugin({ name: "stones", types: [{
       name: "stone", schema: z.strictObject({}), list: async () => stones,
       create: async (properties, tags) => { stones.push({ id: "s1", tags, properties }); return "s1"; },
       destroy: async () => {},
     }] });`,
  );
  await house.start("plugin", "run", "stones.ts").says("serves");
}
