import { expect, it } from "vitest";
import { record } from "./memory.ts";
import { driven, group, LOCAL } from "./scene.test-support.ts";

it("forgets a call that was never begun, and does not hold it against anybody", () => {
  const web = driven(group(), LOCAL);
  const [first] = web.pass(0, []).actions;
  const after = record(web.memory(), [{ intent: first?.intent ?? "", kind: "dropped", at: 1 }]);
  expect(after.calls.map(({ slot }) => slot)).toEqual(["1", "2"]);
  expect(after.creating).toBeNull();
});
