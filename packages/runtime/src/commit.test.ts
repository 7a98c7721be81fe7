import { GROUPS_ONLY, type GroupDeclaration, type Stack } from "@muster/model";
import { describe, expect, it } from "vitest";
import { eventsOfCommit } from "./commit.ts";

function group(name: string, size: number, type = "file"): GroupDeclaration {
  return {
    name,
    slots: { kind: "numbered", size },
    template: { name: type, properties: {} },
    flavor: { name: "vanilla", properties: {} },
    marking: { kind: "muster" },
    rollout: {},
    repair: {},
    checks: [],
  };
}

function stack(...groups: GroupDeclaration[]): Stack {
  return {
    name: "shop",
    mode: "enforce",
    providers: {},
    ...GROUPS_ONLY,
    groups: Object.fromEntries(groups.map((each) => [each.name, each])),
  };
}

describe("a new declaration", () => {
  it("is told group by group, with what was before and what is after", () => {
    const was = stack(group("web", 1), group("db", 1), group("old", 1));
    const now = stack(group("web", 2), group("db", 1), group("new", 1));
    const events = eventsOfCommit(was, now, 2, "user:ann");
    expect(events.map(({ type, group: name }) => `${type} ${name ?? ""}`)).toEqual([
      "stack.committed ",
      "group.committed web",
      "group.committed new",
      "group.released old",
    ]);
    expect(events[1]).toMatchObject({ actor: "user:ann", before: { size: 1 }, after: { size: 2 } });
  });

  it("is told with its mode, in words where that changes", () => {
    const observed: Stack = { ...stack(group("web", 1)), mode: "observe" };
    const [first] = eventsOfCommit(undefined, observed, 1, "user:ann");
    expect(first).toMatchObject({ message: "declared, generation 1", after: { generation: 1, mode: "observe" } });
    expect(first).not.toHaveProperty("before");
    const [enforced] = eventsOfCommit(observed, stack(group("web", 1)), 2, "user:ann");
    expect(enforced).toMatchObject({
      message: "declared, generation 2, mode observe → enforce",
      before: { generation: 1, mode: "observe" },
      after: { generation: 2, mode: "enforce" },
    });
    const [again] = eventsOfCommit(observed, observed, 3, "user:ann");
    expect(again).toMatchObject({ message: "declared, generation 3", before: { mode: "observe" } });
  });
});
