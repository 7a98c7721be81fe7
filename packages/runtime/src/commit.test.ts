import type { Document, GroupDeclaration, Stack } from "@muster/model";
import type { Declaration } from "@muster/store";
import { describe, expect, it } from "vitest";
import { eventsOfCommit, refuseOrphaning } from "./commit.ts";

function group(name: string, size: number, type = "file"): GroupDeclaration {
  return {
    name,
    slots: { kind: "numbered", size },
    template: { name: type, properties: {} },
    flavor: { name: "vanilla", properties: {} },
    marking: { kind: "muster" },
    rollout: {},
    repair: {},
  };
}

function stack(...groups: GroupDeclaration[]): Stack {
  return {
    name: "shop",
    mode: "enforce",
    providers: {},
    groups: Object.fromEntries(groups.map((each) => [each.name, each])),
  };
}

const muster: Document = { dialect: "muster", data: {} };
const declared: Declaration = { stack: "shop", document: muster, source: "a", generation: 1, steering: {}, former: {} };

describe("a new declaration", () => {
  it("is refused when the members of a group would not be known any more", () => {
    const refuse = () => refuseOrphaning(declared, stack(group("web", 1)), muster, stack(group("web", 1, "vm")), "b");
    expect(refuse).toThrow(expect.objectContaining({ code: "declaration.type-changed" }));
    const infrakit: Document = { dialect: "infrakit", data: {} };
    const other = () => refuseOrphaning(declared, stack(), infrakit, stack(), "b");
    expect(other).toThrow(expect.objectContaining({ code: "declaration.dialect-changed" }));
  });

  it("may be anything where nothing was declared", () => {
    expect(() => refuseOrphaning(undefined, undefined, muster, stack(group("web", 1)), "b")).not.toThrow();
  });

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
});
