import { expect, it } from "vitest";
import { exactJson, parseExactly } from "./exact-json.ts";

it("writes every number as it was", () => {
  const text = '{"id":5577006791947779410,"list":[1,1.50,-0,1e3,9007199254740993],"text":"5577006791947779410"}';
  expect(exactJson(parseExactly(text)).replaceAll(/\s/g, "")).toBe(text);
});

it("gives nothing for what is not JSON", () => {
  expect(parseExactly("{")).toBeUndefined();
});
