import { expect, it } from "vitest";
import { endText, exitOf, tellsSuccess } from "./ends.ts";

it.each([
  [0, { kind: "exited", code: 0 }],
  [127, { kind: "exited", code: 127 }],
  [134, { kind: "killed", signal: "SIGABRT" }],
  [137, { kind: "killed", signal: "SIGKILL" }],
  [157, { kind: "killed", signal: "SIGIO" }],
])("knows what a shell tells as %i", (code, exit) => {
  expect(exitOf(code)).toEqual(exit);
});

it("knows a good end by how it was told, whatever was printed last", () => {
  const told = (code: number, line?: string) => endText({ exit: exitOf(code), usedUp: undefined, line });
  expect(tellsSuccess(told(0))).toBe(true);
  expect(tellsSuccess(told(0, "done"))).toBe(true);
  expect(tellsSuccess(told(1, "exited with code 0"))).toBe(false);
  expect(tellsSuccess(told(100))).toBe(false);
  expect(tellsSuccess(told(137))).toBe(false);
});
