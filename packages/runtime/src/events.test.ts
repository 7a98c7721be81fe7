import type { Status } from "@muster/model";
import { expect, it } from "vitest";
import { eventsOfStall } from "./events.ts";

function stalled(holds: boolean, message: string): Status {
  const conditions = [{ name: "Stalled", holds, reason: holds ? "Reverted" : "NotStalled", message }] as const;
  const seen = { generation: 1, observedGeneration: 1, lookedAt: 0, desired: 3, ready: 3, revision: "r1" };
  return { ...seen, rollout: null, conditions };
}

it("says what had held a group up, and not any more what was to be done about it", () => {
  const before = stalled(true, "kept at its former version: it says `bad`; `muster group resume a/b` tries it again");
  const now = stalled(false, "nothing stands in the way");
  expect(eventsOfStall("b", "corrective", before, now)).toMatchObject([
    {
      type: "group.resumed",
      message: "goes on; it had been held up: kept at its former version: it says `bad`",
    },
  ]);
});
