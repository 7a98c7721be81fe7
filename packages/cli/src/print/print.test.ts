import { type Event, MusterError } from "@muster/model";
import { describe, expect, it } from "vitest";
import type { Printer } from "../cli.ts";
import { errorText, exitCodeFor, printErrors } from "./errors.ts";
import { eventLine } from "./event-line.ts";
import { liveLine } from "./live-line.ts";
import { table } from "./table.ts";
import { age } from "./time.ts";

const PLAIN = { colors: false };
const at = () => "12:00:00";

const event: Event = {
  ...{ type: "instance.created", stack: "shop", group: "web", actor: "muster", cause: "intentional" },
  ...{ message: "created x", seq: 1, at: 0, hash: "", previous: "" },
};

describe("an event's line", () => {
  it.each([
    ["instance.created", "+"],
    ["instance.destroyed", "-"],
    ["instance.updated", "~"],
    ["group.stalled", "!"],
    ["group.converged", "="],
    ["rollout.failed", "!"],
    ["rollout.finished", "="],
    ["instance.unhealthy", "!"],
    ["instance.recovered", "="],
    ["history.pruned", "·"],
  ] as const)("shows %s with the sign %s", (type, sign) => {
    expect(eventLine({ ...event, type }, at, PLAIN)).toBe(`12:00:00 ${sign} shop/web  created x\n`);
  });

  it("does not let what came from outside command the terminal", () => {
    const line = eventLine({ ...event, message: "a\x1b[2Jb\nc\u202ed" }, at, PLAIN);
    expect(line).toBe("12:00:00 + shop/web  a\ufffd[2Jb c\ufffdd\n");
  });

  it("is coloured where there are colours", () => {
    expect(eventLine(event, at, { colors: true })).toContain("\x1b[32mcreated x\x1b[0m");
  });
});

describe("errors", () => {
  const error = new MusterError("declaration.empty", { file: "a.yaml" }, { place: { file: "a.yaml", line: 2 } });

  it("say what happened, where, and what to do next", () => {
    expect(errorText(error, PLAIN).split("\n").slice(0, 2)).toEqual([
      "error[declaration.empty]: a.yaml declares nothing",
      "  at a.yaml:2",
    ]);
    expect(errorText(error, PLAIN)).toMatch(/\n {2}next: .+\n$/);
  });

  it("that nobody foresaw show their stack only where it is asked for", () => {
    const shown = (debug: boolean) => {
      const { printer, text } = paper(false);
      printErrors([new TypeError("oh")], { printer, json: false, debug });
      return text();
    };
    expect(shown(false)).toMatch(/^error\[internal\]: this should not have happened: oh\n {2}next: [^\n]+\n$/);
    expect(shown(true)).toContain("print.test.ts");
  });

  it("end with 2 when anything was used wrongly, with 4 when nothing could be told, else with 1", () => {
    const failed = new MusterError("store.failed", { path: "x", detail: "y" });
    const blind = new MusterError("look.failed", { name: "x", detail: "y" });
    expect([[failed, error], [failed], [blind], [new Error("oh")]].map(exitCodeFor)).toEqual([2, 1, 4, 1]);
  });
});

describe("the live line", () => {
  it("stays below what is printed, is cut to the width, and is gone at the end", () => {
    const { printer, text } = paper(true);
    const live = liveLine(printer);
    live.show("web 1/3 and a lot more");
    live.print("an event\n");
    live.show("web 3/3");
    live.end();
    expect(text()).toBe("\r\x1b[Kweb 1/3 a\r\x1b[Kan event\nweb 1/3 a\r\x1b[Kweb 3/3\r\x1b[K");
  });

  it("is not there in a pipe", () => {
    const { printer, text } = paper(false);
    const live = liveLine(printer);
    live.show("web 1/3");
    live.print("an event\n");
    live.end();
    expect(text()).toBe("an event\n");
  });
});

it("aligns columns and leaves no blanks at the end", () => {
  expect(
    table([
      ["A", "LONG"],
      ["bcd", ""],
      ["e", "f"],
    ]),
  ).toBe("A    LONG\nbcd\ne    f\n");
});

it("tells an age in the largest unit that fits", () => {
  const ago = (seconds: number) => age(0, seconds * 1000);
  expect([-5, 0, 119, 120, 7199, 7200, 172_800].map(ago)).toEqual(["0s", "0s", "119s", "2m", "119m", "2h", "2d"]);
});

/** A printer ten columns wide, and what was written on it. */
function paper(isTerminal: boolean): { readonly printer: Printer; text(): string } {
  let written = "";
  const closed = new AbortController().signal;
  const write = (text: string) => {
    written += text;
  };
  return {
    printer: { write, send: async () => undefined, isTerminal, colors: false, columns: () => 10, closed },
    text: () => written,
  };
}
