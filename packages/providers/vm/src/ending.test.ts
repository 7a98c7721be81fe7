import { constants } from "node:os";
import type { Exit } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { type Evidence, endingOf, endingText, tellsGuestSuccess } from "./ending.ts";
import { NOTHING_TOLD, type Told, withLine } from "./qemu/told.ts";

const told = (...lines: readonly string[]): Told => lines.reduce(withLine, NOTHING_TOLD);
const GREETING = '{"QMP": {"version": {}, "capabilities": []}}';
const BEGUN = '{"return": {}}';
const STOP = '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}';
const RESUME = '{"event": "RESUME"}';
const PANIC = '{"event": "GUEST_PANICKED", "data": {"action": "pause"}}';
const shutdown = (reason: string) => `{"event": "SHUTDOWN", "data": {"guest": true, "reason": "${reason}"}}`;

const alive: Evidence = {
  exit: undefined,
  told: told(GREETING, BEGUN),
  isBroken: false,
  complaint: undefined,
  lastLine: undefined,
};
const ended = (code: number, more: Partial<Evidence> = {}): Evidence => ({
  ...alive,
  exit: { kind: "exited", code },
  ...more,
});
/** As a shell tells it. */
const exitOf = (code: number): Exit => {
  const name = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return name === undefined ? { kind: "exited", code } : { kind: "killed", signal: name };
};
const killed = (signal: string): Evidence => ({ ...alive, exit: { kind: "killed", signal } });

describe("what QEMU tells", () => {
  it("is nothing before it has answered", () => {
    expect(told(GREETING).hasBegun).toBe(false);
    expect(told(GREETING, BEGUN).hasBegun).toBe(true);
  });

  it("says whether the machine stands still now", () => {
    expect(told(BEGUN, STOP).isPaused).toBe(true);
    expect(told(BEGUN, STOP, RESUME).isPaused).toBe(false);
  });

  it("says when the guest itself has begun", () => {
    expect(told(GREETING, BEGUN).hasRun).toBe(false);
    expect(told(GREETING, BEGUN, RESUME, BEGUN, STOP).hasRun).toBe(true);
  });

  it("may hold what nobody understands", () => {
    expect(
      told(BEGUN, "{", "[1]", "null", '{"event": "RTC_CHANGE"}', '{"event": "SHUTDOWN", "data": 3}').shutdown,
    ).toBe("unknown");
  });
});

describe("what became of a machine", () => {
  it.each<[string, Evidence, string | undefined]>([
    ["goes on", alive, undefined],
    ["is paused", { ...alive, told: told(BEGUN, STOP) }, undefined],
    ["panicked and stands", { ...alive, told: told(BEGUN, PANIC, STOP) }, "panicked"],
    ["panicked, and was killed later", { ...killed("SIGKILL"), told: told(BEGUN, PANIC, STOP) }, "panicked"],
    ["was reset", { ...alive, told: told(BEGUN, shutdown("guest-reset"), STOP) }, "reset"],
    ["switched itself off", { ...alive, told: told(BEGUN, shutdown("guest-shutdown"), STOP) }, "off"],
    ["was killed", killed("SIGKILL"), "killed"],
    ["was told to quit", ended(0, { told: told(BEGUN, shutdown("host-qmp-quit")) }), "quit"],
    ["was ended by a signal it heard", ended(0, { told: told(BEGUN, shutdown("host-signal")) }), "quit"],
    ["could not start", ended(1, { told: told(), complaint: "no such device" }), "hypervisor-error"],
    ["could not be run at all", ended(127, { told: told() }), "hypervisor-error"],
    ["failed in the middle", ended(1, { complaint: "hardware error" }), "hypervisor-error"],
    ["has a processor that failed it", { ...alive, told: told(BEGUN, STOP), isBroken: true }, "hypervisor-error"],
    ["ended without a word", { ...alive, exit: "lost" }, "lost"],
  ])("that %s", (_, evidence, kind) => {
    expect(endingOf(evidence)?.kind).toBe(kind);
  });

  it.each([0, 1, 3, 42, 127])("that exited with %i", (code) => {
    expect(endingOf(ended(2 * code + 1))).toEqual({ kind: "exited", code });
  });

  it("that exited with a code that is told as a signal", () => {
    const as = (code: number, lastLine?: string) => endingOf({ ...alive, exit: exitOf(2 * code + 1), lastLine });
    for (const code of [64, 70, 71, 78]) expect(as(code)).toEqual({ kind: "exited", code });
    expect(as(68)).toEqual({ kind: "killed", signal: "SIGKILL" });
    expect(as(68, '{"muster":"end","exit":68}')).toEqual({ kind: "exited", code: 68 });
    expect(as(68, '{"muster":"end","exit":3}')).toEqual({ kind: "killed", signal: "SIGKILL" });
    expect(endingOf({ ...killed("SIGHUP"), told: told() })?.kind).toBe("killed");
  });

  it("is told by our own init, where seven bits are too few", () => {
    const said = (lastLine: string) => endingOf(ended(255, { lastLine }));
    expect(said('{"muster":"end","signal":"SIGSEGV"}')).toEqual({ kind: "signalled", signal: "SIGSEGV" });
    expect(said('{"muster":"end","exit":200}')).toEqual({ kind: "exited", code: 200 });
    expect(said('{"muster":"end","signal":"; rm"}')).toEqual({ kind: "exited", code: 127 });
    expect(said('{"muster":"end","exit":1e400}')).toEqual({ kind: "exited", code: 127 });
    expect(said('{"exit":3}')).toEqual({ kind: "exited", code: 127 });
  });

  it("is said in words, with the last of its console or what the hypervisor complained of", () => {
    const words = (evidence: Evidence) => {
      const ending = endingOf(evidence);
      return ending === undefined ? undefined : endingText(ending, evidence);
    };
    expect(words(ended(7, { lastLine: "no ip" }))).toBe(
      "the guest exited with code 3; last line of its console: no ip",
    );
    expect(words(ended(1, { told: told(), complaint: "no room", lastLine: "x" }))).toBe(
      "the hypervisor failed with code 1: no room",
    );
    expect(words({ ...alive, told: told(BEGUN, PANIC) })).toBe("the guest panicked");
  });
});

it("knows a good end by how it was told, whatever stood last on the console", () => {
  const told = (code: number, lastLine?: string) =>
    endingText({ kind: "exited", code }, { complaint: undefined, lastLine });
  expect(tellsGuestSuccess(told(0))).toBe(true);
  expect(tellsGuestSuccess(told(0, "done"))).toBe(true);
  expect(tellsGuestSuccess(told(1, "the guest exited with code 0"))).toBe(false);
  expect(tellsGuestSuccess(told(100))).toBe(false);
  expect(tellsGuestSuccess(endingText({ kind: "off" }, { complaint: undefined, lastLine: undefined }))).toBe(false);
});
