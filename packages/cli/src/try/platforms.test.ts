import { expect, it } from "vitest";
import { changed, changeIn, withWords } from "./changed.ts";
import { platformsOf } from "./platforms.ts";

const none = { change: {}, platforms: {}, asIs: [] };

it("changes what is said, takes away what is null, and leaves the rest", () => {
  const declared = { a: { b: 1, c: [1, 2] }, d: "x", e: 1 };
  expect(changed(declared, { a: { b: null, c: [3] }, d: { f: 1 } })).toEqual({ a: { c: [3] }, d: { f: 1 }, e: 1 });
});

it("puts the words of the try into changes, keys too", () => {
  const words = { id: "a1b2c3", dir: "/t", platform: "small" };
  const change = { "tag-${try.id}": { at: ["${try.dir}/x", 1], port: "${self.port}" } };
  expect(withWords(change, words)).toEqual({ "tag-a1b2c3": { at: ["/t/x", 1], port: "${self.port}" } });
  expect(() => withWords({ a: "${try.name}" }, words)).toThrow("`${try.name}` is no word of a try");
});

it("reads a change as errors show places, and its value as JSON where it is", () => {
  expect(changeIn("groups.web.size=3").change).toEqual({ groups: { web: { size: 3 } } });
  expect(changeIn('resources.file["/etc/a=b.c"].content=1 + 1 = 2').change).toEqual({
    resources: { file: { "/etc/a=b.c": { content: "1 + 1 = 2" } } },
  });
  for (const bad of ["", "=3", "size", "stack=other", "try.asIs=[]", "a..b=1", "a[b]=1"]) {
    expect(() => changeIn(bad), bad).toThrow("--with");
  }
});

it("makes a copy for each platform and each value, and names what tells them apart", () => {
  const tries = { change: { owner: "me" }, platforms: { small: { a: 1 }, large: { a: 2 } }, asIs: [] };
  expect(platformsOf(none, [], []).map(({ name }) => name)).toEqual([""]);
  expect(platformsOf(tries, [], ["b=1"])).toEqual([
    { name: "small", changes: [{ owner: "me" }, { a: 1 }, { b: 1 }] },
    { name: "large", changes: [{ owner: "me" }, { a: 2 }, { b: 1 }] },
  ]);
  const names = platformsOf(tries, ["large"], ["x.y=1", "x.y=2", "z=3", "z=4"]).map(({ name }) => name);
  expect(names).toEqual(["large y=1 z=3", "large y=1 z=4", "large y=2 z=3", "large y=2 z=4"]);
});

it("knows no platform that the stack does not name, and no more copies than anybody wants", () => {
  const tries = { ...none, platforms: { small: {} } };
  expect(() => platformsOf(tries, ["smal"], [])).toThrow("there is no platform `smal` (did you mean `small`?)");
  const many = Array.from({ length: 101 }, (_, at) => `a=${at}`);
  expect(() => platformsOf(none, [], many)).toThrow("more than 100 copies");
});
