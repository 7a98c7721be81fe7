import type { Json } from "@muster/model";
import { describe, expect, it } from "vitest";
import { emptyMemory, memoryFrom, record } from "./memory.ts";
import { driven, group, LOCAL, rollout } from "./scene.test-support.ts";
import { changed } from "./world.test-support.ts";

it("forgets a call that was never begun, and does not hold it against anybody", () => {
  const web = driven(group(), LOCAL);
  const [first] = web.pass(0, []).actions;
  const after = record(web.memory(), [{ intent: first?.intent ?? "", kind: "dropped", at: 1 }]);
  expect(after.calls.map(({ slot }) => slot)).toEqual(["1", "2"]);
  expect(after.creating).toBeNull();
});

describe("memory that the store gives back", () => {
  it("is what was written, wherever a group stood", () => {
    const web = changed(3, { rollout: rollout({ minReadyMs: 60_000 }) });
    expect(memoryFrom(undefined, "shop/web")).toEqual(emptyMemory());
    for (let pass = 0; pass < 12; pass++) {
      web.pass();
      expect(memoryFrom(JSON.parse(JSON.stringify(web.memory())), "shop/web")).toEqual(web.memory());
    }
  });

  it("may lack what an older Muster did not remember", () => {
    expect(memoryFrom({ version: 1, calls: [] }, "shop/web")).toEqual(emptyMemory());
  });

  it.each([
    ["it is not an object", 5],
    ["it is of version 2, and 1 is known here", { version: 2, calls: [] }],
    ["calls is missing", { version: 1 }],
    ["calls is not a list", { version: 1, calls: {} }],
    ["calls.0.intent is not a text", { version: 1, calls: [{}] }],
    ["young is not an object", { version: 1, calls: [], young: null }],
    ["young.a.since is not a number", { version: 1, calls: [], young: { a: { kind: "made", since: "now" } } }],
    ["doomed is not a list", { version: 1, calls: [], doomed: 7 }],
    ["rollout.to is not a text", { version: 1, calls: [], rollout: {} }],
  ])("is refused, and not taken for nothing, because %s", (wrong, stored) => {
    const damaged = {
      code: "store.damaged",
      message: expect.stringContaining(
        `the store of shop/web is damaged: what is remembered of it cannot be read (${wrong})`,
      ),
    };
    expect(() => memoryFrom(stored as Json, "shop/web")).toThrow(expect.objectContaining(damaged));
  });

  it("is refused where a call is in a state that nobody knows", () => {
    const web = driven(group(), LOCAL);
    web.pass(0, []);
    const [call] = web.memory().calls;
    const stored = { ...web.memory(), calls: [{ ...call, state: { kind: "toString" } }] };
    expect(() => memoryFrom(stored as unknown as Json, "shop/web")).toThrow("calls.0.state is no state of a call");
  });
});
