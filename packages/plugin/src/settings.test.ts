import { describe, expect, it } from "vitest";
import { entryOf, settingsFor } from "./settings.ts";

const cow = { name: "cow", family: "herd" };
const of = (type: string, settings: Readonly<Record<string, string>>) => ({ type, settings });

describe("the settings of a type", () => {
  it("are those of its own entry, or else of its family's", () => {
    const both = { herd: of("herd", { at: "family" }), cow: of("cow", { at: "type" }) };
    expect(settingsFor(cow, both, {})).toEqual({ at: "type" });
    expect(settingsFor(cow, { herd: both.herd }, {})).toEqual({ at: "family" });
    expect(settingsFor({ name: "sheep", family: "herd" }, both, {})).toEqual({ at: "family" });
    expect(settingsFor({ name: "sheep" }, both, {})).toEqual({});
    expect(entryOf({ name: "constructor" }, both)).toBeUndefined();
  });

  it("are those of the entry that was chosen, whatever stands under the type's own name", () => {
    const entries = { cow: of("cow", { at: "type", bell: "1" }), alps: of("herd", { at: "alps" }) };
    expect(settingsFor(cow, entries, {}, "alps")).toEqual({ at: "alps" });
    expect(settingsFor(cow, entries, {}, "gone")).toEqual({});
  });

  it("are not those of an entry that is another type's, though it has the name", () => {
    expect(settingsFor(cow, { cow: of("sheep", { wool: "1" }), herd: of("cow", { at: "x" }) }, {})).toEqual({
      at: "x",
    });
  });

  it("are overridden by what was said at the command line, of the type before of its family", () => {
    const entries = { herd: of("herd", { a: "1", b: "1", c: "1" }), alps: of("cow", { a: "2" }) };
    const given = { herd: { b: "2", c: "2" }, cow: { c: "3" }, alps: { a: "3" } };
    expect(settingsFor(cow, entries, given)).toEqual({ a: "1", b: "2", c: "3" });
    expect(settingsFor(cow, entries, given, "alps")).toEqual({ a: "3" });
    expect(settingsFor(cow, {}, given)).toEqual({ b: "2", c: "3" });
  });
});
