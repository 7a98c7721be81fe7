import type { Tags } from "@muster/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filterFor, readWords, wordsFor } from "./marks.ts";

const key = fc
  .string({ minLength: 1, maxLength: 20, unit: "grapheme" })
  .filter((text) => Buffer.byteLength(text) <= 80);
const tags = fc.dictionary(key, fc.string({ maxLength: 400 }), { noNullPrototype: true });

describe("tags as tags of a droplet", () => {
  it("come back letter by letter, in any order and any case", () => {
    fc.assert(
      fc.property(tags, (given) => {
        const words = wordsFor("muster", given);
        for (const word of words) expect(word).toMatch(/^[a-z0-9:-]{1,255}$/);
        expect(readWords(words.map((word) => word.toUpperCase()).toReversed()).marks).toEqual(given);
      }),
    );
  });

  it("are not those of people, and people's are not theirs", () => {
    const read = readWords([
      "web",
      "Muster",
      ...wordsFor("muster", { a: "1" }),
      ...wordsFor("muster-droplet", { b: "2" }),
    ]);
    expect(read).toEqual({ marks: { a: "1" }, notes: { b: "2" }, others: ["web", "Muster"] });
  });

  it("say nothing where a part is missing: half a mark is no mark", () => {
    const words = wordsFor("muster", { long: "x".repeat(300), short: "y" });
    expect(words).toHaveLength(4);
    for (const lost of words.slice(0, 3)) {
      const left = words.filter((word) => word !== lost);
      expect(readWords(left).marks).toEqual({ short: "y" });
    }
  });

  it("with a key that has no room are refused", () => {
    expect(() => wordsFor("muster", { ["k".repeat(81)]: "" })).toThrow("no droplet can bear a tag with the key");
  });

  it("are listed by their stack where they have one: one list serves all of its groups", () => {
    const by: Tags = { "muster.v": "1", "muster.stack": "shop", "muster.owner": "web" };
    expect(filterFor(by)).toBe(wordsFor("muster", { "muster.stack": "shop" })[0]);
    expect(filterFor({ a: "1", b: "2" })).toBe(wordsFor("muster", { b: "2" })[0]);
    expect(filterFor({})).toBeUndefined();
  });
});
