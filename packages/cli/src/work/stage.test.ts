import { Readable } from "node:stream";
import type { Status } from "@muster/model";
import { expect, it } from "vitest";
import type { Cli, Printer } from "../cli.ts";
import { openStage } from "./stage.ts";

const FULL = "there is no room left for the store /s";

function stalled(reason: string, message: string, holds = true): Status {
  return {
    ...{ generation: 1, observedGeneration: 1, lookedAt: 1, desired: 1, ready: 0, revision: "r", rollout: null },
    conditions: [
      { name: "Converged", holds: false, reason: "Stalled", message },
      { name: "Stalled", holds, reason, message },
    ],
  };
}

function stage(output: "text" | "json") {
  const printed = { out: "", err: "" };
  const printer = (to: keyof typeof printed): Printer => ({
    write(text) {
      printed[to] += text;
    },
    ...{
      isTerminal: false,
      colors: false,
      columns: () => 80,
      send: async () => undefined,
      closed: new AbortController().signal,
    },
  });
  const cli: Cli = {
    ...{
      out: printer("out"),
      err: printer("err"),
      env: {},
      cwd: "/",
      ask: undefined,
      input: () => Readable.from([]),
      keys: undefined,
      user: () => "ann",
    },
    process: { stdout: { write: () => undefined }, stderr: { write: () => undefined } },
    exit: {},
  };
  return { printed, ...openStage(cli, output) };
}

it("says once that the store holds a group up, and once more when it does so again: no event can be written of it", () => {
  const { printed, status } = stage("text");
  status("shop", "web", stalled("store.full", FULL));
  status("shop", "web", stalled("store.full", FULL));
  expect(printed.out).toMatch(new RegExp(`^\\d\\d:\\d\\d:\\d\\d ! shop/web {2}${FULL}\n$`));
  status("shop", "web", stalled("NotStalled", "nothing stands in the way", false));
  status("shop", "web", stalled("store.full", FULL));
  expect(printed.out.split("\n")).toHaveLength(3);
});

it("leaves to events what is written down", () => {
  const { printed, status } = stage("text");
  status("shop", "web", stalled("look.unavailable", "not there"));
  expect(printed.out).toBe("");
});

it("says it on standard error where standard output is events", () => {
  const { printed, status } = stage("json");
  status("shop", "web", stalled("store.failed", "it failed"));
  expect(JSON.parse(printed.err)).toEqual({
    notice: { kind: "stalled", stack: "shop", group: "web", message: "it failed" },
  });
  expect(printed.out).toBe("");
});
