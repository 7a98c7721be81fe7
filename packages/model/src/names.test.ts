import { expect, it } from "vitest";
import { NAME, nearest } from "./names.ts";

it("offers the candidate that a slip of the hand comes from", () => {
  const known = ["instance-file", "file", "vanilla", "combo"];
  expect(nearest("instance-flie", known)).toBe("instance-file");
  expect(nearest("Vanila", known)).toBe("vanilla");
  expect(nearest("fiel", known)).toBe("file");
});

it("offers nothing that is merely the least far away", () => {
  expect(nearest("kubernetes", ["file", "vanilla"])).toBeUndefined();
  expect(nearest("x", [])).toBeUndefined();
});

it("takes names that are safe in paths, sockets and tags", () => {
  for (const good of ["a", "web-1", "Cattle_1", "a.b"]) expect(NAME.test(good)).toBe(true);
  for (const bad of ["", ".", "..", "-a", "a/b", "a b", "é", "a".repeat(129)]) expect(NAME.test(bad)).toBe(false);
});
