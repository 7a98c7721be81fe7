import { expect, it } from "vitest";
import { endingText, tellsGuestSuccess } from "./ending.ts";

it("knows a good end by how it was told, whatever stood last on the console", () => {
  const told = (code: number, lastLine?: string) =>
    endingText({ kind: "exited", code }, { complaint: undefined, lastLine });
  expect(tellsGuestSuccess(told(0))).toBe(true);
  expect(tellsGuestSuccess(told(0, "done"))).toBe(true);
  expect(tellsGuestSuccess(told(1, "the guest exited with code 0"))).toBe(false);
  expect(tellsGuestSuccess(told(100))).toBe(false);
  expect(tellsGuestSuccess(endingText({ kind: "off" }, { complaint: undefined, lastLine: undefined }))).toBe(false);
});
