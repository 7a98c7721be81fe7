import { canonical, type Event, type EventDraft, hashJson, type JsonObject } from "@muster/model";
import { describe, expect, it } from "vitest";
import { chain, GENESIS, verifyChain } from "./chain.ts";

const draft = (message: string): EventDraft => ({
  type: "instance.created",
  group: "web",
  actor: "muster",
  cause: "intentional",
  message,
  instance: "i-1",
  slot: "0",
  before: null,
  after: { z: 1, a: [true] },
});

const links = chain("shop", ["a", "b", "c", "d"].map(draft), 1000, GENESIS);
const events = links.map((link) => link.event);

describe("the chain", () => {
  it("hashes the canonical text of the event without its hash", () => {
    for (const { event, text } of links) {
      const { hash, ...rest } = event;
      const unhashed: JsonObject = JSON.parse(JSON.stringify(rest));
      expect(text).toBe(canonical(unhashed));
      expect(hash).toBe(hashJson(unhashed));
    }
  });

  it("leaves out what is not set", () => {
    const [link] = chain("shop", [{ ...draft("a"), group: undefined }], 1000, GENESIS);
    expect(link?.text).not.toContain("group");
  });

  it("begins with 64 zeros and counts from one", () => {
    expect(events[0]).toMatchObject({ seq: 1, previous: "0".repeat(64) });
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4]);
  });

  it("goes on where another one ended", () => {
    const [before, ...after] = events;
    if (before === undefined) throw new Error("there is a first event");
    expect(chain("shop", ["b", "c", "d"].map(draft), 1000, before).map((link) => link.event)).toEqual(after);
  });

  it("holds, as a whole and page by page", () => {
    expect(verifyChain([])).toBeUndefined();
    expect(verifyChain(events)).toBeUndefined();
    expect(verifyChain(events.slice(2), events[1])).toBeUndefined();
  });

  const [a, b, c, d] = events as [Event, Event, Event, Event];
  const foreign = chain("blog", [draft("x")], 1000, { seq: 1, hash: a.hash }).map((link) => link.event);
  it.each([
    ["was changed", [a, { ...b, message: "other" }, c, d], 2, "changed"],
    ["was changed in its depth", [a, b, { ...c, after: { z: 2, a: [true] } }, d], 3, "changed"],
    ["was changed together with its hash", rehashed([a, b, c, d], 1), 3, "not chained"],
    ["was left out", [a, c, d], 2, "number 3 follows number 1"],
    ["was left out at the beginning", [b, c, d], 1, "number 2 follows number 0"],
    ["was put in twice", [a, b, b, c, d], 3, "number 2 follows number 2"],
    ["changed its place", [a, c, b, d], 2, "number 3 follows number 1"],
    ["is of another stack", [a, ...foreign, c, d], 2, "stack blog"],
  ])("breaks where an event %s", (_, broken, seq, detail) => {
    expect(verifyChain(broken)).toEqual({ seq, detail: expect.stringContaining(detail), at: 1000 });
  });

  /** The events with the one at `index` changed by somebody who knows how hashes are taken. */
  function rehashed(all: readonly Event[], index: number): readonly Event[] {
    return all.map((event, i) => {
      if (i !== index) return event;
      const [forged] = chain("shop", [draft("forged")], event.at, { seq: event.seq - 1, hash: event.previous });
      if (forged === undefined) throw new Error("one draft gives one link");
      return forged.event;
    });
  }
});
