import { conditionOf, PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import { withBrokenBake } from "./canary.ts";
import type { Rollout } from "./memory.ts";
import { driven, group, LOCAL, member, REMOTE, rollout } from "./scene.test-support.ts";
import { changed, crew, fail, former, phaseOf, stalledBy, unknown, type WorldOptions } from "./world.test-support.ts";

describe("canaries", () => {
  const policy = rollout({ canary: 1 });

  it("are changed first, and the others wait for a person for as long as it takes", () => {
    const web = changed(3, { rollout: policy });
    const waiting = web.during(24 * 3_600_000);
    expect(web.revisions()).toBe("r1 r1 r2");
    expect(phaseOf(waiting)).toBe("canary");
    expect(stalledBy(waiting.status)).toBeUndefined();
    expect(conditionOf(waiting.status, "Converged")?.reason).toBe("CanaryWaits");
    web.steer({ promoted: true });
    web.converge();
    expect(web.revisions()).toBe("r2 r2 r2");
    expect(web.told()).toContain("rollout.promoted");
  });

  it("say once that they are ready and who is waited for, and again when they have been made anew", () => {
    const web = changed(3, { rollout: policy });
    web.during(3_600_000);
    const ready = () => web.messages().filter((message) => message.startsWith("the canary is ready"));
    const then = "`muster group promote shop/web` changes the others, `muster group revert shop/web` goes back";
    expect(ready()).toEqual([`the canary is ready: ${then}`]);
    expect(web.told().filter((type) => type === "rollout.waiting")).toHaveLength(1);
    web.kill(...web.ids().filter((id) => id.startsWith("m")));
    web.during(3_600_000);
    expect(ready()).toHaveLength(2);
  });

  it("say once until when they bake", () => {
    const web = changed(3, { rollout: { ...policy, bakeMs: 3_600_000 } });
    web.converge();
    expect(web.told().filter((type) => type.startsWith("rollout."))).toEqual([
      ...["rollout.started", "rollout.waiting", "rollout.promoted", "rollout.finished"],
    ]);
    expect(web.messages().join("\n")).toMatch(/^the canary is ready: the others follow at 1970-01-01.01:1\d:/m);
  });

  it("are promoted by time when they have been healthy for the bake time", () => {
    const web = changed(3, { rollout: { ...policy, bakeMs: 3_600_000 } });
    const start = web.now();
    web.converge();
    expect(web.now() - start).toBeGreaterThanOrEqual(3_600_000);
  });

  it("bake anew when one dies, though another of the new version has come meanwhile", () => {
    const web = changed(4, { rollout: { ...policy, bakeMs: 3_600_000 }, former: undefined });
    web.during(600_000);
    const [canary] = web.ids().filter((id) => id.startsWith("m"));
    // Nobody knows how those of before were: whoever comes back is of the new version too.
    web.kill("1");
    web.during(1_800_000);
    const later = web.now();
    web.kill(canary ?? "");
    web.until(() => web.told().includes("rollout.promoted"));
    expect(web.now() - later).toBeGreaterThanOrEqual(3_600_000);
  });

  it("bake anew when a look shows one not to be well, though it must be confirmed for those that it does not show", () => {
    let isHiccup = false;
    const options: WorldOptions = {
      traits: REMOTE,
      health: ({ id }) => (isHiccup && id.startsWith("m") ? unknown : PASS),
      lists: (members) => (isHiccup ? members.slice(1) : members),
    };
    const web = changed(3, { rollout: { ...policy, bakeMs: 3_600_000 } }, options);
    web.during(1_800_000);
    isHiccup = true;
    expect(conditionOf(web.pass().status, "Progressing")?.message).toContain("a second look must confirm it");
    isHiccup = false;
    const later = web.now();
    web.until(() => web.told().includes("rollout.promoted"));
    expect(web.now() - later).toBeGreaterThanOrEqual(3_600_000);
  });

  it("bake anew where their group is declared with another treatment of the same version", () => {
    const web = changed(3, { rollout: { ...policy, bakeMs: 3_600_000 } });
    web.during(1_800_000);
    const later = web.now();
    web.steer({ retriedIn: 3 });
    web.until(() => web.told().includes("rollout.promoted"));
    expect(web.now() - later).toBeGreaterThanOrEqual(3_600_000);
  });

  it("keep baking as long as enough of those that began are well, and have nothing to bake once promoted", () => {
    const living = (available: boolean) => [{ seen: member("a"), available }];
    const before: Rollout = {
      ...{ to: "v2", generation: 1, startedAt: 1, changing: true, progressAt: 1, left: 1, arrived: 2, failed: [] },
      ...{ promoted: false, canariesAt: 5, canaries: ["a", "b"], failure: null },
    };
    expect(withBrokenBake(before, living(true), 1, 9)).toBe(before);
    expect(withBrokenBake(before, living(false), 1, 9)).toMatchObject({ canariesAt: 5, canaries: ["b"] });
    expect(withBrokenBake(before, living(false), 2, 9)).toMatchObject({ canariesAt: null, progressAt: 9 });
    const promoted = { ...before, promoted: true };
    expect(withBrokenBake(promoted, living(false), 2, 9)).toBe(promoted);
  });

  it("are made anew when one dies while it is waited for, and the deadline counts from then", () => {
    const web = changed(3, { rollout: { ...policy, onFailure: "revert" } });
    web.during(3_600_000);
    web.kill(...web.ids().filter((id) => id.startsWith("m")));
    const again = web.during(60_000);
    expect(phaseOf(again)).toBe("canary");
    expect(web.told()).not.toContain("rollout.failed");
    expect(web.revisions()).toBe("r1 r1 r2");
  });

  it("that wait do not keep a member of before from coming back as it was", () => {
    const web = changed(3, { rollout: policy });
    web.during(60_000);
    web.kill("2");
    web.during(60_000);
    expect(web.revisions()).toBe("r1 r1 r2");
  });

  it("are no more than declared, and nobody else goes for them, where old ones go first", () => {
    const web = changed(5, { rollout: { ...policy, maxUnavailable: 3, maxSurge: 0 } });
    web.during(60_000);
    expect(web.revisions()).toBe("r1 r1 r1 r1 r2");
    expect(web.done().filter(({ kind }) => kind === "destroy")).toHaveLength(1);
  });

  it("make nobody else go while the place of one of them is empty", () => {
    const declared = group({
      revision: "r2",
      former: former(),
      rollout: { ...policy, maxUnavailable: 2, maxSurge: 0 },
    });
    const web = driven(declared, LOCAL);
    expect(web.pass(0, crew(3)).actions).toHaveLength(1);
    expect(web.pass(1, crew(3)).actions).toEqual([]);
  });

  it("are no more than declared though one that fails cannot be destroyed: its place is filled as it was before", () => {
    let stuck = true;
    let ill = "";
    const web = changed(
      3,
      { rollout: policy },
      {
        health: ({ id }) => (id === ill ? fail : PASS),
        refuses: ({ kind }) => (stuck && kind === "destroy" && ill !== "" ? "not now" : undefined),
      },
    );
    web.during(60_000);
    ill = web.ids().find((id) => id.startsWith("m")) ?? "";
    web.during(120_000);
    expect(web.revisions()).toBe("r1 r1 r1 r2");
    stuck = false;
    const waiting = web.until(({ status }) => conditionOf(status, "Converged")?.reason === "CanaryWaits");
    expect(phaseOf(waiting)).toBe("canary");
    expect(web.ids()).not.toContain(ill);
    web.during(60_000);
    expect(web.revisions()).toBe("r1 r1 r2");
  });

  it("that had failed and are tried again are no more than declared while nothing can be done", () => {
    let isBroken = false;
    const policies = {
      rollout: rollout({ canary: 1, maxUnavailable: 1 }),
      repair: { ...group().repair, quarantineAfter: 1 },
    };
    const web = changed(2, policies, {
      health: ({ mark }) => (mark.revision === "r2" ? fail : PASS),
      refuses: () => (isBroken ? "not now" : undefined),
    });
    web.until((decided) => phaseOf(decided) === "failed");
    isBroken = true;
    web.steer({ retriedIn: 3 });
    const decided = Array.from({ length: 10 }, () => web.pass().actions).flat();
    expect(decided.some(({ kind }) => kind === "destroy")).toBe(true);
    expect(decided.filter((action) => action.kind === "create" && action.version === "declared")).toEqual([]);
  });

  it("of which one failed and was replaced are complete all the same", () => {
    let ill = "";
    const web = changed(
      20,
      { rollout: rollout({ canary: 5, maxSurge: 5 }) },
      {
        health: ({ id }) => {
          if (ill === "" && id.startsWith("m")) ill = id;
          return id === ill ? fail : PASS;
        },
      },
    );
    const waiting = web.until(({ status }) => conditionOf(status, "Converged")?.reason === "CanaryWaits");
    expect(phaseOf(waiting)).toBe("canary");
    expect(web.ids()).not.toContain(ill);
  });

  it("are not asked for where there is nobody to go before", () => {
    const web = changed(2, { rollout: rollout({ canary: 2 }) });
    web.converge();
    expect(web.revisions()).toBe("r2 r2");
  });
});
