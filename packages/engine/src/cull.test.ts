import { describe, expect, it } from "vitest";
import { driven, group, LOCAL, member } from "./scene.test-support.ts";

const declared = group({ slots: { kind: "numbered", size: 2 }, changeable: { note: "b" } });
const note = (of: string, text: string) => member(of, { properties: { note: text } });
const three = [note("0", "a"), note("1", "b"), note("2", "b")];

/** A group of three whose member 0 is being changed, which a person then wants gone. */
function changing() {
  const web = driven({ ...declared, slots: { kind: "numbered", size: 3 } }, LOCAL);
  const [update] = web.pass(0, three).actions;
  return { intent: update?.intent ?? "", start: { ...web.memory(), doomed: ["0"] } };
}

describe("a member that a person named while it is being changed", () => {
  it("goes when the change has ended, and nobody else goes in its place", () => {
    const { intent, start } = changing();
    const web = driven(declared, LOCAL, start);
    expect(web.pass(1, three).actions).toEqual([]);
    const outcomes = [{ intent, kind: "done", instance: "0", at: 2 } as const];
    const decided = web.pass(3, three, { outcomes });
    expect(decided.actions).toMatchObject([{ kind: "destroy", instance: "0", why: "asked for" }]);
  });

  it("goes at once when the change was refused", () => {
    const { intent, start } = changing();
    const outcomes = [{ intent, kind: "failed", reason: "busy", at: 1 } as const];
    const decided = driven(declared, LOCAL, start).pass(2, three, { outcomes });
    expect(decided.actions).toMatchObject([{ kind: "destroy", instance: "0", why: "asked for" }]);
  });
});
