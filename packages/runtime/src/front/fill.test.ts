import type { Seen } from "@muster/engine";
import type { Form, Tags } from "@muster/model";
import { describe, expect, it } from "vitest";
import { fill } from "./fill.ts";
import { offeredBy } from "./offered.ts";

function seen(slot: string, tags: Tags = {}, id = `i-${slot}`): Seen {
  const mark = { stack: "shop", owner: "web", slot, revision: "r1" };
  return { id, mark, tags, phase: "running", properties: {}, since: Date.UTC(2024, 1, 29) };
}

const word = (name: "slot" | "id" | "port" | "since" | `tags.${string}`) =>
  ({ kind: "word", word: name, at: 0 }) as const;
const text = (content: string) => ({ kind: "text", text: content }) as const;
const each = (body: Form, otherwise: Form = []) => ({ kind: "each", group: "web", body, otherwise, at: 0 }) as const;

function filled(form: Form, ...members: Seen[]): string {
  return fill(form, new Map([["web", offeredBy(members)]]));
}

describe("a form", () => {
  it("is filled in the order of the slots, numbers as numbers, whatever the order of the look", () => {
    const form = [each([word("slot"), text(" ")])];
    const members = ["10", "b", "9", "a", "2"].map((slot) => seen(slot));
    expect(filled(form, ...members)).toBe("2 9 10 a b ");
    expect(filled(form, ...members.toReversed())).toBe("2 9 10 a b ");
    const twins = [seen("1", {}, "y"), seen("1", {}, "x")];
    expect(filled([each([word("id")])], ...twins)).toBe("xy");
  });

  it("says where each listens, since when it is there, and what tags it bears", () => {
    const form = [
      each([word("id"), text(" "), word("port"), text(" "), word("since"), text(" "), word("tags.zone.of")]),
    ];
    const member = seen("0", { "muster.port": "8080", "zone.of": "north" });
    expect(filled(form, member)).toBe("i-0 8080 2024-02-29T00:00:00.000Z north");
  });

  it("has something else where nobody is", () => {
    const form = [text("<"), each([word("slot")], [text("down")]), text(">")];
    expect(filled(form)).toBe("<down>");
    expect(filled(form, seen("0"))).toBe("<0>");
  });

  it("asks about groups and words", () => {
    const inner = {
      kind: "if",
      asks: { kind: "word", word: "port" },
      body: [word("port")],
      otherwise: [text("-")],
      at: 0,
    } as const;
    const outer = {
      kind: "if",
      asks: { kind: "group", group: "web" },
      body: [text("some")],
      otherwise: [text("none")],
      at: 0,
    } as const;
    expect(filled([outer, each([inner])], seen("0", { "muster.port": "1" }), seen("1"))).toBe("some1-");
    expect(filled([outer])).toBe("none");
  });
});

describe("a form that cannot be filled", () => {
  it("names the member and the word that it has not", () => {
    expect(() => filled([each([word("port")])], seen("3"))).toThrow("web/3 (i-3) has no `port`");
    expect(() => filled([each([word("tags.constructor")])], seen("3"))).toThrow("has no `tags.constructor`");
  });

  it("takes no word that would begin a line of its own", () => {
    const member = seen("0", { zone: "a;\nserver evil" });
    expect(() => filled([each([word("tags.zone")])], member)).toThrow("has a line break or the like in it");
  });

  it("grows to no more than a file can hold", () => {
    const members = Array.from({ length: 20 }, (_, slot) => seen(String(slot)));
    expect(() => filled([each([text("x".repeat(1024 * 1024))])], ...members)).toThrow("would be longer");
  });
});
