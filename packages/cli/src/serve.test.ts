import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, type House, openHouse, type Running, until, walkthrough } from "./test/house.ts";

/** One morning with Muster as separate processes; each step goes on from the one before. */
describe("the walk-through as separate processes", () => {
  let house: House;
  let serve: Running;
  const plugins: Running[] = [];

  beforeAll(async () => {
    house = await openHouse();
    plugins.push(house.start("plugin", "run", "instance-file", "--dir", "./instances"));
    plugins.push(house.start("plugin", "run", "flavor-vanilla"));
    await Promise.all(plugins.map((plugin) => plugin.says("serves")));
    serve = house.start("serve");
    await serve.says("serving at");
    await house.write("garethr.json", walkthrough(1));
  });
  afterAll(() => house.close());

  const count = (wanted: number) =>
    until(
      () => house.files().length === wanted,
      () => house.files().join(" "),
    );

  async function done(ended: Promise<Ended>): Promise<string> {
    const { code, out, err } = await ended;
    expect([code, err]).toEqual([0, ""]);
    return out;
  }

  const group = (...words: readonly string[]) => done(house.run("group", ...words));

  async function described(): Promise<{ size: number; status: { ready: number }; members: { id: string }[] }> {
    return JSON.parse(await group("describe", "garethr", "--output", "json"));
  }

  it("lists the plugins", async () => {
    const out = await done(house.run("plugin", "ls"));
    expect(out).toMatch(/^PLUGIN +STATE +DIALECT +TYPES +FLAVORS +SOCKET$/m);
    expect(out).toMatch(/^flavor-vanilla +connected +muster +- +vanilla +\/.*plugins\/flavor-vanilla$/m);
    expect(out).toMatch(/^instance-file +connected +muster +instance-file +- +\/.*plugins\/instance-file$/m);
  });

  it("keeps nothing yet", async () => {
    expect(await group("ls")).toBe("No groups.\n");
    expect(await group("ls", "--output", "json")).toBe("[]\n");
  });

  it("does not apply without a yes where nobody can be asked", async () => {
    const { code, err } = await house.run("apply", "garethr.json");
    expect(err).toMatch(/^error\[usage\.not-confirmed\]: `muster apply` asks/);
    expect([code, house.files()]).toEqual([2, []]);
  });

  it("applies through serve, and waits until it is so", async () => {
    const out = await done(house.run("apply", "garethr.json", "--yes"));
    expect(out).toBe(
      "garethr  new: 1 member of instance-file\n  create 1 member\ngarethr: declared, generation 1 · garethr 1/1 ready\n",
    );
    expect(house.files()).toHaveLength(1);
  });

  it("applies the same again, and changes nothing", async () => {
    const out = await done(house.run("apply", "garethr.json", "--yes", "--output", "json"));
    expect(JSON.parse(out)).toMatchObject([{ stack: "garethr", generation: 1, unchanged: true }]);
  });

  it("does not take settings for a Muster that has its own", async () => {
    const { code, err } = await house.run("apply", "garethr.json", "--yes", "--set", "instance-file.dir=./other");
    expect(err).toContain("error[usage.bad-value]: --set: the Muster at");
    expect(code).toBe(2);
  });

  it("lists and describes the group", async () => {
    expect(await group("ls")).toMatch(/^garethr +instance-file +1 +1 +converged$/m);
    const out = await group("describe", "garethr/garethr");
    expect(out).toMatch(/^size +1 \(1 ready\)$/m);
    expect(out).toMatch(/^Converged +yes +AsDeclared +everything is as declared$/m);
    expect(out).toMatch(new RegExp(`^${house.files()[0]} +- +ready +\\d+s +\\S+$`, "m"));
    expect((await described()).members).toMatchObject([{ id: house.files()[0], state: "ready" }]);
  });

  it("puts back what was deleted", async () => {
    const [first = ""] = house.files();
    rmSync(join(house.instances, first));
    await until(() => house.files().length === 1 && !house.files().includes(first));
  });

  it("scales up, down and to 0", async () => {
    expect(await group("scale", "garethr", "3")).toBe("garethr: scaled from 1 to 3\n");
    await count(3);
    await group("scale", "garethr", "2");
    await count(2);
    await group("scale", "garethr", "0");
    await count(0);
    await group("scale", "garethr", "1");
    await count(1);
  });

  it("carries no change through while a group is paused", async () => {
    await group("pause", "garethr");
    const before = house.files();
    await house.write("garethr.json", walkthrough(1, "another"));
    await group("commit", "garethr.json");
    expect(await group("ls")).toMatch(/^garethr +instance-file +1 +\d +paused/m);
    await group("scale", "garethr", "2");
    await count(2);
    expect(house.files()).toEqual(expect.arrayContaining([...before]));
    await group("resume", "garethr");
    await until(() => house.files().length === 2 && !house.files().some((file) => before.includes(file)));
  });

  it("frees a group: its members stay and are found again", async () => {
    await expect.poll(() => group("ls"), { timeout: 20_000 }).toMatch(/^garethr .* converged/m);
    const before = house.files();
    await group("free", "garethr");
    expect(await group("ls")).toBe("No groups.\n");
    await house.write("garethr.json", walkthrough(2, "another"));
    await done(house.run("apply", "garethr.json", "--yes"));
    expect(house.files()).toEqual(before);
  });

  it("tells what happened", async () => {
    const out = await done(house.run("events", "garethr", "--since", "1h"));
    expect(out).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+ garethr {2}created instance-\d+ \(missing\)$/m);
    const lines = await done(house.run("events", "--output", "json"));
    const events = lines
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ stack: "garethr", type: "group.converged" });
  });

  it("follows what happens", async () => {
    const following = house.start("events", "--follow");
    await following.says("= garethr  2 of 2 as declared");
    rmSync(join(house.instances, house.files()[0] ?? ""));
    await following.says("is gone, and nobody here destroyed it");
    following.signal("SIGINT");
    expect((await following.ended).code).toBe(0);
  });

  it("knows InfraKit's verbs", async () => {
    await house.write("garethr.json", walkthrough(3, "another"));
    expect(await group("commit", "garethr.json", "--pretend")).toContain("Adding 1 instance");
    expect((await described()).size).toBe(2);
    await group("commit", "garethr.json");
    await count(3);
    expect(await group("inspect", "garethr")).toMatch(/^size +3/m);

    const { code, err } = await house.run("group", "destroy-instance", "garethr", "nobody");
    expect(err).toMatch(/^error\[instance\.not-found\]/);
    expect([code, house.files().length]).toEqual([2, 3]);
    const [doomed = ""] = house.files();
    await group("destroy-instance", "garethr", doomed);
    await until(() => house.files().length === 2 && !house.files().includes(doomed));

    await house.write("garethr.json", walkthrough(1, "another"));
    await group("update", "garethr.json");
    await count(1);
    await group("stop", "garethr");
    expect(await group("ls")).toContain("paused");
    await group("unwatch", "garethr");
    await group("watch", "garethr.json");
    await until(() => house.files().length === 1);
  });

  it("offers the nearest group for one that there is not", async () => {
    const { code, err } = await house.run("group", "describe", "garetr");
    expect(err).toMatch(/^error\[group\.not-found\]: there is no group `garetr` \(did you mean `garethr`\?\)/);
    expect(code).toBe(2);
  });

  it("says why a group waits while its plugin is away", async () => {
    plugins[0]?.signal("SIGTERM");
    expect(await plugins[0]?.ended).toMatchObject({ code: 0 });
    await until(() => serve.out().includes("plugin instance-file is gone"));
    await until(() => /!.*instance-file/.test(serve.out()), serve.out);
    expect(await group("ls")).toMatch(/^garethr .*stalled +.*instance-file/m);
    plugins[0] = house.start("plugin", "run", "instance-file", "--dir", "./instances");
    await serve.says("goes on; it had been held up");
  });

  it("destroys a group when it is told to in earnest", async () => {
    const refused = await house.run("group", "destroy", "garethr");
    expect(refused.err).toMatch(/^error\[usage\.not-confirmed\]/);
    expect(refused.code).toBe(2);
    await group("destroy", "garethr", "--yes");
    await count(0);
    await serve.says("destroyed, down to the last member");
    expect(await group("ls")).toBe("No groups.\n");
  });

  it("is held by one serve only", async () => {
    const { code, err } = await house.run("serve");
    expect(err).toMatch(/^error\[daemon\.held\]: another Muster serves .*muster\.sock/);
    expect(code).toBe(1);
  });

  it("ends and takes its sockets away", async () => {
    for (const running of [serve, ...plugins]) running.signal("SIGTERM");
    const ends = await Promise.all([serve, ...plugins].map(({ ended }) => ended));
    expect(ends.map(({ code, err }) => [code, err])).toEqual([0, 0, 0].map((code) => [code, ""]));
    expect(existsSync(house.path("run/muster/muster.sock"))).toBe(false);
    expect(existsSync(house.path("run/muster/plugins/instance-file"))).toBe(false);
    expect((await house.run("group", "ls")).err).toMatch(/^error\[daemon\.not-running\]/);
  });
});
