import type { Event } from "@muster/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Board, boardIn, type Declared, openBoards } from "./test/board.ts";
import { type House, type Running, until } from "./test/house.ts";

describe.concurrent("changing a group on the real command", () => {
  let house: House;
  let serve: Running;
  beforeAll(async () => {
    ({ house, serve } = await openBoards());
  });
  afterAll(() => house.close());

  const board = (stack: string) => boardIn(house, stack, () => serve);
  /** A board on which everybody says `v1`. */
  async function settled(stack: string, declared: Declared = {}): Promise<Board> {
    const made = board(stack);
    expect(await made.apply(declared)).toMatchObject({ code: 0, err: "" });
    return made;
  }
  const typesOf = (events: readonly Event[]) => events.map(({ type }) => type);

  it("carries a change through to everyone", async () => {
    const good = await settled("good");
    expect(await good.apply({ note: "v2" })).toMatchObject({ code: 0, err: "" });
    expect(good.notes()).toEqual(["v2", "v2", "v2"]);
    expect(typesOf(await good.events())).toEqual(expect.arrayContaining(["rollout.started", "rollout.finished"]));
  });

  it("holds a change whose first member fails: the others are not touched, and it says why", async () => {
    const held = await settled("held");
    const { code, err } = await held.apply({ note: "bad" });
    expect(err).toMatch(
      /^error\[rollout\.failed\]: group `held\/web` is not as declared: the rollout is held: 1 of 1 new members failed: instance-\d+: it says `bad`\n {2}next: Declare something better; or see with `muster group describe held\/web`/,
    );
    expect([code, held.notes()]).toEqual([1, ["bad", "v1", "v1", "v1"]]);
    expect((await house.run("group", "ls")).out).toMatch(/^held\/web .* failed 0\/3 +the rollout is held: 1 of 1/m);
    const { out } = await held.group("describe");
    expect(out).toMatch(/^state +failed 0\/3$/m);
    expect(out).toMatch(/^rollout +maxUnavailable 0, maxSurge 1, minReady 0s, .*onFailure pause/m);
    expect(out).toMatch(/^Stalled +yes +RolloutFailed +the rollout is held/m);
    expect(out).toMatch(/^instance-\d+ +3 +unhealthy .* it says `bad`$/m);

    // A better declaration goes on from there.
    expect(await held.apply({ note: "v2" })).toMatchObject({ code: 0, err: "" });
    expect(held.notes()).toEqual(["v2", "v2", "v2"]);
  });

  it("goes back by itself where that is declared, and apply fails with the reason", async () => {
    const back = await settled("back");
    const before = back.files();
    const { code, err } = await back.apply({ note: "bad", rollout: { onFailure: "revert" } });
    expect(err).toMatch(
      /^error\[rollout\.reverted\]: group `back\/web` is not as declared: kept at its former version: 1 of 1 new members failed: instance-\d+: it says `bad`; `muster group resume back\/web` tries/,
    );
    expect([code, back.files()]).toEqual([1, before]);
    expect(await back.detail()).toMatchObject({ status: { rollout: { phase: "reverted", arrived: 3, of: 3 } } });
    const told = (await back.events()).filter(({ type }) => /^rollout|^instance.unhealthy/.test(type));
    expect(told.map(({ type, message }) => `${type} ${message.replace(/instance-\d+|\w{20}/g, "ID")}`)).toEqual([
      "rollout.started rollout of revision ID begins",
      "instance.unhealthy ID is unhealthy: it says `bad`",
      "rollout.failed the rollout failed: 1 of 1 new members failed: ID: it says `bad`",
      "rollout.reverting going back to the version before",
      "rollout.started back to revision ID: 1 of 1 new members failed: ID: it says `bad`",
      "rollout.reverted back at revision ID",
    ]);
    // The same again is no other declaration: it stays where it is, until somebody resumes it.
    expect(await back.apply({ note: "bad", rollout: { onFailure: "revert" } })).toMatchObject({ code: 1 });
    expect(await back.group("resume")).toMatchObject({ code: 0 });
    await until(() => serve.out().split("back/web  the rollout failed").length === 3, serve.out);
  });

  it("waits for a word after the canary, and promotes it", async () => {
    const mine = await settled("mine");
    const { code, out } = await mine.apply({ note: "v2", rollout: { canary: 1 } });
    expect(out).toMatch(
      /^mine\/web: the canary is ready: `muster group promote mine\/web` changes the others, `muster group revert mine\/web` goes back$/m,
    );
    expect([code, mine.notes()]).toEqual([0, ["v1", "v1", "v2"]]);
    expect((await house.run("group", "ls")).out).toMatch(/^mine\/web .* canary 1\/3 +the canary is ready/m);
    expect(await mine.group("promote")).toMatchObject({
      code: 0,
      out: "mine/web: promoted: the other members follow\n",
    });
    await mine.says("v2", "v2", "v2");
    await mine.is("converged");
    expect(await mine.group("promote")).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /^error\[group\.no-canary\]: group `mine\/web` has no canaries that wait to be promoted/,
      ),
    });
  });

  it("refuses to promote with what helps there", async () => {
    const odd = await settled("odd");
    const refusal = async () => {
      const { code, err } = await odd.group("promote");
      expect(code).toBe(2);
      return err;
    };
    expect(await refusal()).toMatch(/^error\[group\.no-canary\].*\n {2}next: Declare `rollout\.canary`/);
    await odd.apply({ note: "v2", rollout: { canary: 1 } });
    await odd.group("pause");
    await odd.is("paused 1/3");
    expect(await refusal()).toMatch(/^error\[group\.paused\].*\n {2}next: `muster group resume odd\/web` first/);
    await odd.group("resume");
    await odd.apply({ note: "bad", rollout: { canary: 1 } });
    expect(await refusal()).toMatch(
      /^error\[group\.canaries-failed\].*: it says `bad`\n {2}next: Declare something better/,
    );
  });

  it("says of what is so already that it is", async () => {
    const same = await settled("same");
    expect((await same.group("resume")).out).toMatch(/^same\/web: there is nothing to resume: /);
    await same.group("pause");
    expect((await same.group("pause")).out).toBe("same/web: is paused already\n");
    expect((await same.group("scale", "3")).out).toBe("same/web: is declared with 3 members already\n");
    await same.group("resume");
    await same.apply({ note: "v2" });
    await same.group("revert");
    expect((await same.group("revert")).out).toMatch(/^same\/web: is at its former version already/);
  });

  it("fails when Ctrl-C ends the waiting, and says that the work goes on", async () => {
    const left = await settled("left");
    const file = await left.declare({ note: "v2", rollout: { minReady: "1m" } });
    const waiting = house.start("apply", file, "--yes");
    await left.says("v1", "v1", "v1", "v2");
    waiting.signal("SIGINT");
    const { code, err } = await waiting.ended;
    expect(err).toMatch(
      /^error\[apply\.interrupted\]: ended before the stack `left` was as declared\n {2}next: The Muster at .* goes on with it/,
    );
    expect(code).toBe(130);
  });

  it("says why nobody can tell how members are, where their flavor is gone", async () => {
    const moody = `import { definePlugin, z } from "@muster/sdk";
      const health = async () => ({ kind: "pass" });
      export default definePlugin({ name: "moody", flavors: [{ name: "moody", schema: z.strictObject({}), health }] });`;
    const plugin = house.start("plugin", "run", await house.write("moody.ts", moody));
    await plugin.says("serves");
    const blind = await settled("blind", { flavor: { moody: {} } });
    plugin.signal("SIGKILL");
    await blind.is("0 of 3 ready; nobody can tell how 3 are: plugin `moody` ");
  });

  it("lists groups in the order of their names", async () => {
    await settled("zebra");
    await settled("ant");
    const { out } = await house.run("group", "ls");
    const stacks = out
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split("/")[0]);
    expect(stacks).toEqual(expect.arrayContaining(["ant", "zebra"]));
    expect(stacks).toEqual(stacks.toSorted());
  });

  it("promotes a canary that has baked for long enough", async () => {
    const baked = await settled("baked");
    const rollout = { canary: 1, bake: "300ms" };
    expect(await baked.apply({ note: "v2", rollout })).toMatchObject({ code: 0, err: "" });
    expect(baked.notes()).toEqual(["v2", "v2", "v2"]);
    const promoted = (await baked.events()).find(({ type }) => type === "rollout.promoted");
    expect(promoted?.message).toBe("the canaries were promoted by time: the others follow");
  });

  it("takes a canary back", async () => {
    const shy = await settled("shy");
    await shy.apply({ note: "v2", rollout: { canary: 1 } });
    expect(await shy.group("revert")).toMatchObject({ code: 0 });
    await shy.says("v1", "v1", "v1");
    await shy.is("reverted 3/3");
  });

  it("reverts after success, and resumes what is declared", async () => {
    const twice = await settled("twice");
    expect(await twice.group("revert")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^error\[group\.nothing-to-revert-to\]: group `twice\/web` has no earlier version/),
    });
    await twice.apply({ note: "v2" });
    expect(await twice.group("revert")).toMatchObject({
      code: 0,
      out: "twice/web: goes back to its former version; the declaration stays as it is\n",
    });
    await twice.says("v1", "v1", "v1");
    await twice.is("reverted 3/3");
    expect((await twice.group("describe")).out).toMatch(
      /^Converged +no +Reverted +kept at its former version: somebody reverted it; `muster group resume twice\/web` tries the declared one again$/m,
    );
    await twice.group("resume");
    await twice.says("v2", "v2", "v2");
    await twice.is("converged");
  });

  it("is redirected by another declaration in mid-rollout", async () => {
    const bent = await settled("bent");
    await bent.begin({ note: "v2", rollout: { minReady: "1m", initialDelay: "0s" } });
    await bent.says("v1", "v1", "v1", "v2");
    expect(await bent.apply({ note: "v3" })).toMatchObject({ code: 0, err: "" });
    expect(bent.notes()).toEqual(["v3", "v3", "v3"]);
  });

  it("pauses in mid-rollout, says so, and goes on", async () => {
    const still = await settled("still");
    const v2 = { note: "v2", rollout: { minReady: "1m" } };
    await still.begin(v2);
    await still.says("v1", "v1", "v1", "v2");
    await still.group("pause");
    await still.is("paused");
    const { out } = await still.group("describe");
    expect(out).toMatch(/^state +paused 0\/3$/m);
    expect(out).toMatch(/^Converged +no +Paused +paused: changes wait until `muster group resume still\/web`$/m);
    // Who waits for a paused group is told what to do.
    expect(await house.run("apply", await still.declare(v2), "--yes")).toMatchObject({
      code: 0,
      out: expect.stringContaining("still/web: paused: changes wait until `muster group resume still/web`\n"),
    });
    // The one that is there already takes a place as soon as it counts; no other is begun.
    await still.begin({ note: "v2" });
    await still.says("v1", "v1", "v2");
    await still.group("resume");
    await still.says("v2", "v2", "v2");
  });

  it("destroys a group in mid-rollout, down to the last member", async () => {
    const doomed = await settled("doomed");
    await doomed.begin({ note: "v2", rollout: { minReady: "1m" } });
    await doomed.says("v1", "v1", "v1", "v2");
    expect(await doomed.group("destroy", "--yes")).toMatchObject({ code: 0 });
    await doomed.says();
    await serve.says("doomed/web  destroyed, down to the last member");
  });

  it("tells of a member that was destroyed by force, because it did not leave", async () => {
    const clinging = { flavor: { clings: {} }, rollout: { drainTimeout: "100ms" } };
    const clings = await settled("clings", { size: 1, ...clinging });
    expect(await clings.apply({ size: 1, note: "v2", ...clinging })).toMatchObject({ code: 0, err: "" });
    const destroyed = (await clings.events()).find(({ type }) => type === "instance.destroyed");
    expect(destroyed?.message).toMatch(
      /^destroyed (instance-\d+) \(outdated\), by force: \1 was not drained within 0.1 s/,
    );
  });

  it("says that a group is being destroyed, whatever is declared", async () => {
    const clinging = { flavor: { clings: {} }, rollout: { drainTimeout: "5m" } };
    const going = await settled("going", { size: 1, ...clinging });
    await going.group("destroy", "--yes");
    expect(await going.apply({ size: 1, ...clinging })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^error\[group\.destroying\]: group `going\/web` is being destroyed/),
    });
  });
});

describe("a Muster that is killed in mid-rollout", () => {
  it("goes on from where it was, and makes nothing twice", async () => {
    const { house, serve } = await openBoards();
    try {
      let running = serve;
      const board = boardIn(house, "cut", () => running);
      await board.apply({ size: 4 });
      await board.begin({ size: 4, note: "v2", rollout: { minReady: "300ms" } });
      await until(() => board.notes().filter((note) => note === "v2").length >= 2);
      running.signal("SIGKILL");
      await running.ended;
      running = house.start("serve");
      await board.says("v2", "v2", "v2", "v2");
      await board.is("converged");
      const events = await board.events();
      const [first, second] = ["rollout.started", "rollout.finished"].map(
        (wanted) => events.filter(({ type }) => type === wanted).length,
      );
      expect([first, second]).toEqual([1, 1]);
      const made = events.filter(({ type }) => type === "instance.created");
      expect(new Set(made.map(({ instance }) => instance)).size).toBe(8);
    } finally {
      await house.close();
    }
  });
});

describe("apply where the Muster that keeps the stack is killed", () => {
  it("says that what was declared is kept", async () => {
    const { house, serve } = await openBoards();
    try {
      const board = boardIn(house, "lost", () => serve);
      const file = await board.declare({ rollout: { minReady: "1m", initialDelay: "0s" } });
      const waiting = house.start("apply", file, "--yes");
      await until(() => board.files().length > 0);
      serve.signal("SIGKILL");
      expect(await waiting.ended).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^error\[apply\.left\]: the Muster at .*\n {2}next: What was declared is kept/),
      });
    } finally {
      await house.close();
    }
  });
});

describe("apply where no Muster runs", () => {
  it("carries a change out itself, goes back itself, and says what waits for a person", async () => {
    const { house, serve } = await openBoards();
    try {
      serve.signal("SIGTERM");
      await serve.ended;
      const alone = boardIn(house, "alone", () => serve);
      expect(await alone.apply({})).toMatchObject({ code: 0 });
      const before = alone.files();
      const { code, out, err } = await alone.apply({ note: "bad", rollout: { onFailure: "revert" } });
      expect(out).toMatch(/alone\/web {2}back at revision \w+$/m);
      expect(err).toMatch(/^error\[rollout\.reverted\]/);
      expect([code, alone.files()]).toEqual([1, before]);
      const waits = await alone.apply({ note: "v2", rollout: { canary: 1 } });
      expect(waits.out).toMatch(/^alone\/web: the canary is ready: `muster group promote alone\/web`/m);
      expect(waits.out).toMatch(/^alone: nobody keeps it from here on: start `muster serve` first$/m);
      expect([waits.code, alone.notes()]).toEqual([0, ["v1", "v1", "v2"]]);
      const failed = await alone.apply({ note: "bad", rollout: { canary: 1 } });
      expect(failed.err).toMatch(/^error\[rollout\.failed\].*\n {2}next: .*; or start `muster serve`, then see with/);

      const slow = house.start("apply", await alone.declare({ note: "v3", rollout: { minReady: "1m" } }), "--yes");
      await until(() => alone.notes().includes("v3"), slow.out);
      slow.signal("SIGINT");
      expect(await slow.ended).toMatchObject({
        code: 130,
        err: expect.stringMatching(
          /^error\[apply\.interrupted\].*\n {2}next: Nobody goes on with it: start `muster serve`/,
        ),
      });
    } finally {
      await house.close();
    }
  });
});
