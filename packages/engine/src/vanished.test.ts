/** A remote list may leave some out: one look is not enough to make anybody anew, and what turns up late is a lesson. */
import { conditionOf, isConverged } from "@muster/model";
import { describe, expect, it } from "vitest";
import { emptyMemory } from "./memory.ts";
import { driven, group, LOCAL, member, REMOTE, rollout } from "./scene.test-support.ts";
import { crew, fail, stalledBy, unknown, type WorldOptions, world } from "./world.test-support.ts";

const MINUTE = 60_000;
const ten = group({ slots: { kind: "numbered", size: 10 } });
const remote = (options: WorldOptions = {}) =>
  world(ten, { traits: { settleMs: 0, local: false }, members: crew(10), ...options });

describe("a list that shows fewer than before", () => {
  it("must be confirmed by a look that began a second later when the type is remote", () => {
    const web = driven(group(), REMOTE);
    const three = [member("0"), member("1"), member("2")];
    web.pass(0, three);
    const first = web.pass(10, three.slice(1));
    expect(first.actions).toEqual([]);
    expect(first.wakeAt).toBe(1_010);
    expect(first.status.ready).toBe(2);
    expect(isConverged(first.status)).toBe(false);
    expect(conditionOf(first.status, "Progressing")?.message).toContain("shows 2 of 3 members");
    expect(stalledBy(first.status)).toBeUndefined();
    expect(web.pass(1_009, three.slice(1)).actions).toEqual([]);
    expect(web.pass(1_010, three.slice(1)).actions).toHaveLength(1);
  });

  it("is forgotten when the next look shows them again", () => {
    const web = driven(group(), REMOTE);
    const three = [member("0"), member("1"), member("2")];
    web.pass(0, three);
    const before = web.memory();
    web.pass(10, three.slice(2));
    expect(web.pass(2_000, three).actions).toEqual([]);
    expect(web.memory()).toEqual(before);
    expect(web.pass(2_010, three.slice(1)).actions).toEqual([]);
  });

  it("tells all the same who is not well: such a one begins its trial anew", () => {
    const three = [member("0"), member("1"), member("2")];
    const web = driven(
      group({ slots: { kind: "numbered", size: 4 }, rollout: rollout({ minReadyMs: 10_000 }) }),
      REMOTE,
    );
    const [made] = web.pass(0, three).actions;
    const four = [...three, member("3", { intent: made?.intent ?? "" })];
    const answered = { kind: "done", intent: made?.intent ?? "", instance: "3", at: 500 } as const;
    web.pass(1_000, four, { outcomes: [answered] });
    web.pass(5_000, four.slice(1), { verdicts: { "3": unknown } });
    expect(web.pass(11_000, four).status.ready).toBe(3);
    expect(web.pass(21_000, four).status.ready).toBe(4);
  });

  it("tells all the same who has been well for long enough: who falls ill after that has not failed its trial", () => {
    const three = [member("0"), member("1"), member("2")];
    const declared = group({ slots: { kind: "numbered", size: 4 }, rollout: rollout({ minReadyMs: 10_000 }) });
    const web = driven(declared, { settleMs: 1_000, local: false });
    const [made] = web.pass(0, three).actions;
    const intent = made?.intent ?? "";
    const four = [...three, member("3", { intent })];
    web.pass(2_000, four, { outcomes: [{ kind: "done", intent, instance: "3", at: 500 }] });
    expect(Object.keys(web.memory().young)).toEqual(["3"]);
    web.pass(12_000, four.slice(1));
    expect(web.memory().young).toEqual({});
    web.pass(13_000, four, { verdicts: { "3": fail } });
    expect(web.memory().failing).toEqual(["3"]);
    expect(web.memory().streak).toBeNull();
  });

  it("ends a quarantine all the same, and says so, when one of the revision has come up", () => {
    const three = [member("0"), member("1"), member("2")];
    const declared = group({ slots: { kind: "numbered", size: 4 }, rollout: rollout({ minReadyMs: 10_000 }) });
    const quarantine = { revision: "r1", generation: 1, kept: "2", since: 0, againAt: 600_000 };
    const young = { "3": { kind: "made", since: 0, readyAt: 1_000, failed: false } } as const;
    const start = { ...emptyMemory(), lastCount: 4, quarantine, young, streak: { revision: "r1", count: 5 } };
    const web = driven(declared, REMOTE, start);
    const { decisions, actions } = web.pass(12_000, [...three.slice(1), member("3")]);
    expect(actions).toEqual([]);
    expect(decisions.map(({ type }) => type)).toEqual(["revision.released"]);
    expect(web.memory()).toMatchObject({ quarantine: null, streak: null, young: {} });
  });

  it("lets one that had failed and has come up be none of those that failed in the rollout", () => {
    const three = [member("0"), member("1"), member("2")];
    const declared = group({ slots: { kind: "numbered", size: 4 }, rollout: rollout({ minReadyMs: 10_000 }) });
    const young = { "3": { kind: "made", since: 0, readyAt: 1_000, failed: true } } as const;
    const on = { to: "r2", generation: 1, startedAt: 0, changing: true, progressAt: 0, left: 1, arrived: 0 } as const;
    const rest = { promoted: false, canariesAt: null, failure: null } as const;
    const web = driven(declared, REMOTE, {
      ...{ ...emptyMemory(), lastCount: 4, young },
      rollout: { ...on, ...rest, failed: ["2", "3"] },
    });
    web.pass(12_000, [...three.slice(1), member("3")]);
    expect(web.memory().rollout?.failed).toEqual(["2"]);
  });

  it("tells from when on a member is well, and not that one has failed", () => {
    const three = [member("0"), member("1"), member("2")];
    const declared = group({ slots: { kind: "numbered", size: 4 }, rollout: rollout({ minReadyMs: 10_000 }) });
    const web = driven(declared, { settleMs: 1_000, local: false });
    const [made] = web.pass(0, three).actions;
    const intent = made?.intent ?? "";
    const four = [...three, member("3", { intent })];
    web.pass(2_000, four, { outcomes: [{ kind: "done", intent, instance: "3", at: 500 }], verdicts: { "3": unknown } });
    web.pass(5_000, four.slice(1));
    expect(web.memory().young["3"]?.readyAt).toBe(5_000);
    web.pass(5_500, four.slice(1), { verdicts: { "3": fail } });
    expect(web.memory().young["3"]).toMatchObject({ readyAt: null, failed: false });
  });

  it("is believed at once when the type is local", () => {
    const web = driven(group(), LOCAL);
    web.pass(0, [member("0"), member("1"), member("2")]);
    expect(web.pass(1, [member("0")]).actions).toHaveLength(2);
  });

  it("is believed at once as far as they were destroyed here", () => {
    const web = remote();
    web.converge();
    web.declare({ slots: { kind: "numbered", size: 4 } });
    web.pass();
    expect(isConverged(web.pass().status)).toBe(true);
  });
});

describe("a list that leaves some out now and then", () => {
  it("makes nobody when every second list is whole", () => {
    let looks = 0;
    const web = remote({ lists: (members) => (looks++ % 2 === 1 ? members.slice(0, 1) : members) });
    web.during(10 * MINUTE);
    expect(web.creates()).toBe(0);
  });

  it("makes fewer and fewer when it leaves them out for longer, and a handful in an hour", () => {
    const leavesOut = (now: number) => Math.floor(now / 20_000) % 2 === 1;
    const web = remote({ lists: (members, now) => (leavesOut(now) ? members.slice(0, 1) : members) });
    const perQuarter = [0, 0, 0, 0].map(() => {
      const before = web.creates();
      web.during(15 * MINUTE);
      return web.creates() - before;
    });
    expect(perQuarter.reduce((sum, count) => sum + count)).toBeLessThan(60);
    expect(perQuarter.at(-1)).toBeLessThan(5);
  });

  it("is forgiven when it has been whole for long enough", () => {
    let whole = false;
    const leavesOut = (now: number) => !whole && Math.floor(now / 20_000) % 2 === 1;
    const web = remote({ lists: (members, now) => (leavesOut(now) ? members.slice(0, 1) : members) });
    web.during(MINUTE);
    expect(web.memory().late).not.toBeNull();
    whole = true;
    web.during(30 * MINUTE);
    const before = web.creates();
    web.kill(...web.ids().slice(0, 6));
    web.until(() => web.creates() > before);
    expect(web.creates() - before).toBe(6);
    web.rest();
    expect(web.memory().late).toBeNull();
  });
});
