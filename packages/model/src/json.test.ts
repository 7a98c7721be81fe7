import fc from "fast-check";
import { expect, it } from "vitest";
import { canonical, type Json, sameJson } from "./json.ts";

it("gives one text whatever the order of keys", () => {
  expect(canonical({ b: 1, a: [{ d: null, c: "x" }] })).toBe('{"a":[{"c":"x","d":null}],"b":1}');
});

it("is read back as the same value, and shuffled keys change nothing", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonical(value as Json);
      expect(canonical(JSON.parse(text))).toBe(text);
      expect(sameJson(value as Json, reversed(value as Json))).toBe(true);
    }),
  );
});

it("loses no key that has a meaning to JavaScript", () => {
  const hostile: Json = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "10": 1, "9": 2}');
  expect(JSON.parse(canonical(hostile))).toEqual(hostile);
  expect(canonical(hostile)).not.toBe(canonical({ constructor: 2, 10: 1, 9: 2 }));
});

function reversed(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
