import type { EventDraft, Json } from "@muster/model";
import { describe, expect, it } from "vitest";
import { chain, GENESIS } from "./chain.ts";
import { replay, replayAll } from "./past.ts";
import { event } from "./test/stores.ts";

const committed = (after: Json, more: Partial<EventDraft> = {}) =>
  event("declared", { type: "group.committed", actor: "user:ann", after, ...more });
const made = (instance: string, more: Partial<EventDraft> = {}) =>
  event(`created ${instance}`, { instance, slot: "0", after: { revision: "r1" }, ...more });
const said = (type: EventDraft["type"], message: string, more: Partial<EventDraft> = {}) =>
  event(message, { type, ...more });

/** What a group was after these, at the times 1, 2, 3 … */
const past = (...drafts: readonly EventDraft[]) => replay("shop", "web", undefined, eventsOf(drafts));

function eventsOf(drafts: readonly EventDraft[], from = 0) {
  return drafts.flatMap((draft, i) => chain("shop", [draft], from + i + 1, GENESIS).map((link) => link.event));
}

describe("what a group was", () => {
  it("is not known where nothing tells of it", () => {
    expect(past()).toBeUndefined();
    expect(past(made("a", { group: "api" }), event("declared", { type: "stack.committed", group: undefined }))).toBe(
      undefined,
    );
  });

  it("is what was declared last, by whom and when", () => {
    const { begins, declared } = past(made("a"), committed({ size: 1 }), committed({ size: 3 })) ?? {};
    expect(begins).toBe(1);
    expect(declared).toEqual({
      ...{ type: "group.committed", at: 3, actor: "user:ann", message: "declared", after: { size: 3 } },
    });
  });

  it("is how it was steered, how it stood, and how far a change had come", () => {
    const was = past(
      said("group.steered", "paused", { actor: "user:ann", after: { goal: "paused" } }),
      said("group.stalled", "no room"),
      said("rollout.started", "from r1 to r2"),
      said("group.resumed", "goes on"),
      said("rollout.finished", "all at r2"),
    );
    expect(was).toMatchObject({
      steered: { at: 1, actor: "user:ann", message: "paused", after: { goal: "paused" } },
      standing: { type: "group.resumed", at: 4 },
      rollout: { type: "rollout.finished", at: 5 },
    });
  });

  it("has the members that were made or adopted, and neither destroyed nor vanished", () => {
    const was = past(
      made("a"),
      made("b", { slot: "1" }),
      said("instance.adopted", "took c", { instance: "c" }),
      said("instance.destroyed", "destroyed a", { instance: "a" }),
      said("instance.vanished", "b is gone", { instance: "b" }),
      said("instance.failed", "destroy of c failed", { instance: "c" }),
      said("instance.failed", "create failed"),
    );
    expect(was?.members).toEqual([{ id: "c", since: 3 }]);
  });

  it("keeps a member's place and age through changes, and knows the revision it was changed to", () => {
    const was = past(
      made("a", { slot: "7" }),
      said("instance.updated", "changed a", { instance: "a", after: { revision: "r2" } }),
      said("instance.updated", "changed a", { instance: "a", after: { changed: ["note"] } }),
    );
    expect(was?.members).toEqual([{ id: "a", since: 1, slot: "7", revision: "r2" }]);
  });

  it("knows which members fail, also those it had not heard of", () => {
    const unhealthy = said("instance.unhealthy", "refuses calls", { instance: "a" });
    expect(past(unhealthy)?.members).toEqual([{ id: "a", since: 1, unhealthy: { at: 1, message: "refuses calls" } }]);
    const changed = said("instance.updated", "changed a", { instance: "a" });
    expect(past(unhealthy, changed)?.members).toMatchObject([{ unhealthy: { at: 1 } }]);
    expect(past(unhealthy, said("instance.recovered", "answers", { instance: "a" }))?.members).toEqual([
      { id: "a", since: 1 },
    ]);
  });

  it("is not declared once it was let go, and its members stay; declared anew, it goes on with them", () => {
    const before = [
      committed({ size: 1 }),
      said("group.steered", "paused"),
      said("group.converged", "1 of 1"),
      made("a"),
    ];
    const released = said("group.released", "no longer declared", { actor: "user:bob" });
    const was = past(...before, released);
    expect(was).toEqual({
      ...{ stack: "shop", group: "web", begins: 1, ended: expect.objectContaining({ at: 5, actor: "user:bob" }) },
      members: [expect.objectContaining({ id: "a" })],
    });
    const again = past(...before, released, committed({ size: 2 }));
    expect(again?.ended).toBeUndefined();
    expect(again).toMatchObject({ declared: { after: { size: 2 } }, members: [{ id: "a" }] });
  });

  it("has no members once it is destroyed", () => {
    expect(past(committed({ size: 1 }), made("a"), said("group.removed", "destroyed"))).toMatchObject({
      ended: { type: "group.removed" },
      members: [],
    });
  });

  it("is the same in one go and in pieces", () => {
    const drafts = [committed({ size: 2 }), made("a"), made("b"), said("instance.unhealthy", "no", { instance: "a" })];
    const events = eventsOf(drafts);
    for (const cut of [0, 1, 2, 3, 4]) {
      const before = replay("shop", "web", undefined, events.slice(0, cut));
      expect(replay("shop", "web", before, events.slice(cut))).toEqual(past(...drafts));
    }
  });
});

describe("what the groups of a stack were", () => {
  it("is each by itself, without those that were destroyed", () => {
    const events = eventsOf([made("a"), made("b", { group: "api" }), made("c", { group: "old" })]);
    const first = replayAll([], events);
    expect(first.map(({ group, members }) => [group, members.length])).toEqual([
      ["web", 1],
      ["api", 1],
      ["old", 1],
    ]);
    const later = eventsOf([said("group.removed", "destroyed", { group: "old" }), made("d")], 3);
    expect(replayAll(first, later).map(({ group, members }) => [group, members.length])).toEqual([
      ["web", 2],
      ["api", 1],
    ]);
  });
});
