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

it("calls two values the same exactly when their texts are", () => {
  const value = fc.jsonValue({ maxDepth: 2 });
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(sameJson(a as Json, b as Json)).toBe(canonical(a as Json) === canonical(b as Json));
    }),
  );
  expect(sameJson({ a: [1, { b: null }] }, { a: [1, { b: 0 }] })).toBe(false);
  expect(sameJson({ a: 1 }, { b: 1 })).toBe(false);
  expect(sameJson({ a: 1 }, { a: 1, b: 1 })).toBe(false);
  expect(sameJson([1], { 0: 1 })).toBe(false);
  expect(sameJson({}, JSON.parse('{"__proto__": 1}'))).toBe(false);
  expect(sameJson(undefined, null)).toBe(false);
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
