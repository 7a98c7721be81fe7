/** Answers are not believed, looks are: whatever was answered, a call without effect has failed. */
import { conditionOf } from "@muster/model";
import { describe, expect, it } from "vitest";
import { recall } from "./memory.ts";
import { group, REMOTE } from "./scene.test-support.ts";
import { changed, crew, stalledBy, type WorldOptions, world } from "./world.test-support.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const one = { slots: { kind: "numbered", size: 1 } } as const;

/** One member with a note of `v1`, where `w` is declared. */
function noted(options: WorldOptions = {}) {
  const web = world(group({ ...one, changeable: { note: "v1" } }), {
    members: crew(1, "r1", { note: "v1" }),
    ...options,
  });
  web.converge();
  web.declare({ changeable: { note: "w" } });
  return web;
}

function messageOf(decided: ReturnType<ReturnType<typeof world>["pass"]>) {
  return conditionOf(decided.status, "Stalled")?.message;
}

describe("an update that is answered and changes nothing", () => {
  it("is paced, longer each time, up to ten minutes", () => {
    const web = noted({ pretends: ({ kind }) => kind === "update" });
    web.during(HOUR);
    expect(web.done().length).toBeGreaterThan(8);
    expect(web.done().length).toBeLessThan(20);
  });

  it("is said, by the name of the property and never by its value", () => {
    const web = noted({ writes: () => ({ note: "W" }) });
    const said = messageOf(web.until(({ status }) => stalledBy(status) === "UpdateFailed"));
    expect(said).toBe("0: the update was answered, and the look shows another note");
  });

  it("stalls the group once, also while it is tried again", () => {
    const web = noted({ pretends: ({ kind }) => kind === "update" });
    web.until(({ status }) => stalledBy(status) === "UpdateFailed");
    const before = web.stalls().length;
    const passes = web.passes();
    web.during(8 * MINUTE);
    expect(web.stalls().slice(before)).toEqual(Array(web.passes() - passes).fill("UpdateFailed"));
  });

  it("ends when a look shows what was wanted, before it would be tried again", () => {
    let pretends = true;
    const web = noted({ pretends: ({ kind }) => pretends && kind === "update" });
    web.during(HOUR);
    const tried = web.done().length;
    pretends = false;
    web.declare({ changeable: { note: "v1" } });
    const { status } = web.pass();
    expect(stalledBy(status)).toBeUndefined();
    expect(web.done()).toHaveLength(tried);
    web.rest();
  });

  it("does not make something else wait that is declared meanwhile", () => {
    const web = noted({ pretends: (action) => action.kind === "update" && action.changes["note"] === "w" });
    web.during(HOUR);
    web.declare({ changeable: { note: "x" } });
    expect(web.pass().actions).toMatchObject([{ kind: "update", changes: { note: "x" } }]);
    web.rest();
    expect(web.members()[0]?.properties).toEqual({ note: "x" });
  });

  it("is judged only by a look that could show it", () => {
    const web = noted({ traits: REMOTE, pretends: ({ kind }) => kind === "update" });
    web.pass();
    expect(web.done()).toHaveLength(1);
    web.wait(30_000);
    expect(stalledBy(web.pass().status)).toBeUndefined();
    web.wait(31_000);
    expect(stalledBy(web.pass().status)).toBe("UpdateFailed");
  });

  it("is as good as never called when Muster itself ended meanwhile", () => {
    const web = noted();
    web.pass();
    const calls = web.memory().calls.map((call) => ({ ...call, state: { kind: "called" } as const }));
    const asked = noted();
    asked.remember({ calls: recall({ ...web.memory(), calls }, asked.now()).calls });
    expect(asked.pass().actions).toMatchObject([{ kind: "update", changes: { note: "w" } }]);
  });

  it("leaves the other members and a new version alone", () => {
    const web = noted({ pretends: ({ kind }) => kind === "update" });
    web.during(HOUR);
    web.declare({ revision: "r2" });
    web.until(() => web.revisions() === "r2", 40);
  });
});

describe("a destroy that is answered and takes nobody away", () => {
  it("is paced, said, and ends when the member is gone", () => {
    const web = changed(
      2,
      { slots: { kind: "numbered", size: 1 }, revision: "r1" },
      {
        pretends: ({ kind }) => kind === "destroy",
      },
    );
    web.during(HOUR);
    expect(web.done().length).toBeGreaterThan(8);
    expect(web.done().length).toBeLessThan(20);
    const decided = web.pass();
    expect(stalledBy(decided.status)).toBe("DestroyFailed");
    const [first] = web.memory().calls;
    web.kill(first?.instance ?? "");
    expect(stalledBy(web.pass().status)).toBeUndefined();
    web.rest();
  });
});
