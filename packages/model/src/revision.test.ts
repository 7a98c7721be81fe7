import { expect, it } from "vitest";
import { resolveSelf } from "./references.ts";
import { revisionOf } from "./revision.ts";

const effects = { content: "in-place" } as const;
const template = { name: "file", properties: { path: "/srv/{id}", content: "a" } };
const vanilla = { name: "vanilla", properties: {} };
const now = revisionOf(template, effects, vanilla, {});

it("changes with what can only be had by replacing, and with nothing else", () => {
  const edited = { ...template, properties: { path: "/srv/{id}", content: "b" } };
  expect(revisionOf(edited, effects, vanilla, {})).toBe(now);
  const moved = { ...template, properties: { path: "/opt/{id}", content: "a" } };
  expect(revisionOf(moved, effects, vanilla, {})).not.toBe(now);
});

it("holds what a flavor puts into a member, and not how it treats it", () => {
  const http = { name: "http", properties: { url: "/health" } };
  expect(revisionOf(template, effects, http, { url: "in-place" })).toBe(now);
  const tagged = { name: "vanilla", properties: { tags: { tier: "web" } } };
  expect(revisionOf(template, effects, tagged, {})).not.toBe(now);
});

it("puts a member's own words into its texts, and `{id}` into its name only", () => {
  const self = { stack: "shop", group: "web", slot: "2", id: "abc" };
  const properties = { path: "/srv/{id}", content: "${self.group}-${self.slot} {id} ${other}", list: ["${self.id}"] };
  expect(resolveSelf(properties, self, "path")).toEqual({
    path: "/srv/abc",
    content: "web-2 {id} ${other}",
    list: ["abc"],
  });
});
