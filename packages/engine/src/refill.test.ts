import { expect, it } from "vitest";
import { driven, group, LOCAL, member, REMOTE } from "./scene.test-support.ts";

it("forgets that creating failed once the group is as declared, however the member came to be", () => {
  const web = driven(group({ slots: { kind: "numbered", size: 2 } }), LOCAL);
  const [one, other] = web.pass(0, []).actions.map(({ intent }) => intent);
  const outcomes = [
    { intent: one ?? "", kind: "failed", reason: "no", at: 1 } as const,
    { intent: other ?? "", kind: "unknown", reason: "reset", at: 1 } as const,
  ];
  web.pass(2, [], { outcomes });
  expect(web.memory().creating?.attempts).toBe(1);
  web.pass(3, [member("0"), member("1", { intent: other ?? "" })]);
  expect(web.memory().creating).toBeNull();
});

it("does not give a place on while its last bearer may still be there", () => {
  const web = driven(group({ slots: { kind: "numbered", size: 1 }, revision: "r2" }), REMOTE);
  const old = member("old", { slot: "0" });
  const fresh = member("new", { slot: "1", revision: "r2" });
  const [destroy] = web.pass(0, [old, fresh]).actions;
  expect(destroy).toMatchObject({ kind: "destroy", instance: "old" });
  const outcomes = [{ intent: destroy?.intent ?? "", kind: "failed", reason: "busy", at: 1 } as const];
  expect(web.pass(2, [old], { outcomes }).actions).toMatchObject([{ kind: "create", slot: "1" }]);
});
