import { expect, it } from "vitest";
import { maps } from "./machine.ts";

it("knows which users there are: all of them, or those of a container", () => {
  const everybody = "         0          0 4294967295\n";
  const container = "         0       1000          1\n         1     100000      65536\n";
  expect(maps(everybody, 0x70000000)).toBe(true);
  expect([0, 1, 65_536].map((user) => maps(container, user))).toEqual([true, true, true]);
  expect([65_537, 0x70000000].map((user) => maps(container, user))).toEqual([false, false]);
  expect(maps("", 0)).toBe(false);
});
