import type { Verdict } from "@muster/model";
import { expect, it } from "vitest";
import type { DeclaredGroup } from "./declared.ts";
import { type Call, emptyMemory, type Memory } from "./memory.ts";
import { driven, group, LOCAL, look, member, rollout } from "./scene.test-support.ts";
import { servingOf } from "./serving.ts";

const bad: Verdict = { kind: "fail", reason: "it says bad" };
const untold: Verdict = { kind: "unknown", reason: "no answer" };
const young = { kind: "made", since: 0, readyAt: null, failed: false } as const;

const call: Call = {
  ...{ intent: "i", kind: "destroy", slot: "1", revision: "r1", cause: "intentional", why: "surplus", at: 0 },
  ...{ attempt: 1, instance: "1", state: { kind: "called" } },
};

function serving(
  memory: Partial<Memory>,
  verdicts: Record<string, Verdict> = {},
  declared: Partial<DeclaredGroup> = {},
): readonly string[] {
  const seen = look([member("0"), member("1")], 5, verdicts);
  const known = { ...emptyMemory(), ...memory };
  return servingOf({ declared: group(declared), traits: LOCAL, look: seen, memory: known, now: 200_000 }).map(
    ({ id }) => id,
  );
}

it("are those who are up, of whatever revision", () => {
  expect(serving({})).toEqual(["0", "1"]);
  expect(serving({}, {}, { revision: "r2" })).toEqual(["0", "1"]);
  expect(serving({}, { "1": bad })).toEqual(["0"]);
});

it("are without whoever is about to be destroyed, from the moment that it is decided", () => {
  const two = group({ slots: { kind: "numbered", size: 2 } });
  const groupOfTwo = driven(two, LOCAL);
  const members = [member("0"), member("1"), member("2")];
  const { actions } = groupOfTwo.pass(1_000, members);
  const [destroyed] = actions.flatMap((action) => (action.kind === "destroy" ? [action.instance] : []));
  expect(destroyed).toBeDefined();
  const ids = servingOf({
    declared: two,
    traits: LOCAL,
    look: look(members, 1_000),
    memory: groupOfTwo.memory(),
    now: 1_000,
  }).map(({ id }) => id);
  expect(ids).toEqual(["0", "1", "2"].filter((id) => id !== destroyed));
  expect(serving({ calls: [call] })).toEqual(["0"]);
});

it("are without whoever is new, until its trial is over", () => {
  const slow = { rollout: rollout({ minReadyMs: 90_000 }) };
  expect(serving({ young: { "1": { ...young, readyAt: 150_000 } } }, {}, slow)).toEqual(["0"]);
  expect(serving({ young: { "1": young } }, { "1": untold })).toEqual(["0"]);
});

it("keep those whom nobody can tell about, as they were before", () => {
  expect(serving({}, { "0": untold, "1": untold })).toEqual(["0", "1"]);
  expect(serving({ failing: ["1"] }, { "1": untold })).toEqual(["0"]);
});

it("are without whoever is restarted, and with whoever is changed where it stands", () => {
  const update: Call = { ...call, kind: "update" };
  expect(serving({ calls: [update] }, {}, { restarting: ["args"] })).toEqual(["0"]);
  const changed = { "1": { ...young, kind: "changed", readyAt: 199_000 } } as const;
  const slow = { rollout: rollout({ minReadyMs: 90_000 }) };
  expect(serving({ young: changed }, {}, slow)).toEqual(["0", "1"]);
  expect(serving({ young: changed }, {}, { ...slow, restarting: ["args"] })).toEqual(["0"]);
});
