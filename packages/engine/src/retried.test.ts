import { PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import { emptyMemory } from "./memory.ts";
import { retried } from "./retried.ts";
import { group, rollout } from "./scene.test-support.ts";
import { changed, crew, fail, stalledBy, world } from "./world.test-support.ts";

const HOUR = 3_600_000;

/** A group of which nobody could be made for an hour: the next attempt is minutes away. */
function starved(changes: Parameters<typeof group>[0] = {}) {
  let isDown = true;
  const web = world(group(changes), { members: crew(2), refuses: () => (isDown ? "no such image" : undefined) });
  web.during(HOUR);
  web.until(({ actions }) => actions.length > 0);
  expect(stalledBy(web.pass().status)).toBe("CreateFailed");
  return { web, mend: () => (isDown = false) };
}

describe("what had failed", () => {
  it("is tried again as soon as somebody resumes the group, and not when its wait is over", () => {
    const { web, mend } = starved();
    mend();
    expect(web.pass().actions).toEqual([]);
    web.steer({ retriedIn: 2 });
    expect(web.pass().actions).toMatchObject([{ kind: "create" }]);
    web.converge();
  });

  it("is tried once, and waited for as long as before where it fails again", () => {
    const { web } = starved();
    const before = web.memory().creating?.attempts ?? 0;
    web.steer({ retriedIn: 2 });
    expect(web.pass().actions).toHaveLength(1);
    const later = web.now();
    web.pass();
    expect(web.memory().creating?.attempts).toBe(before + 1);
    web.until(({ actions }) => actions.length > 0);
    expect(web.now() - later).toBeGreaterThanOrEqual(600_000);
  });

  it("is no reason to go back from another version before that was tried at all", () => {
    const { web, mend } = starved({ rollout: rollout({ onFailure: "revert" }) });
    const former = { version: "former", revision: "r1", changeable: {}, restarting: [] } as const;
    mend();
    web.declare({ revision: "r2", former, steered: { reverted: false, promoted: false, retriedIn: 2 } });
    web.converge();
    expect(web.revisions()).toBe("r2 r2 r2");
    expect(web.told()).not.toContain("rollout.failed");
  });

  it("is a member that could not be destroyed, too", () => {
    let isStuck = true;
    const web = changed(2, {}, { refuses: ({ kind }) => (isStuck && kind === "destroy" ? "busy" : undefined) });
    web.during(HOUR);
    web.until(({ actions }) => actions.some(({ kind }) => kind === "destroy"));
    web.pass();
    const tried = web.now();
    isStuck = false;
    web.steer({ retriedIn: 3 });
    web.converge();
    expect(web.now() - tried).toBeLessThan(120_000);
  });

  it("is a member that was made anew and failed again, too", () => {
    let isIll = true;
    const web = world(group(), {
      members: crew(3),
      health: ({ id }) => (isIll && id !== "1" && id !== "2" ? fail : PASS),
    });
    web.during(HOUR);
    web.until(({ actions }) => actions.some(({ kind }) => kind === "destroy"));
    const until = web.memory().repairing?.until ?? 0;
    web.steer({ retriedIn: 2 });
    web.until(({ actions }) => actions.some(({ kind }) => kind === "destroy"));
    expect(web.now()).toBeLessThan(until);
    isIll = false;
    web.converge();
  });

  it("is waited for as ever where nobody has said a word since", () => {
    const until = 9_000;
    const memory = { ...emptyMemory(), retriedIn: 2, creating: { attempts: 4, until, reason: "full" } };
    const said = (retriedIn: number) => ({ steered: { reverted: false, promoted: false, retriedIn } });
    expect(retried(memory, said(2), 100)).toBe(memory);
    expect(retried(memory, said(3), 100)).toMatchObject({ retriedIn: 3, creating: { attempts: 4, until: 100 } });
    expect(retried(memory, said(3), 9_500).creating).toMatchObject({ until });
  });
});
