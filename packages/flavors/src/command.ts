import { type Flavor, presence } from "@muster/plugin";
import { z } from "zod";
import { program, refuseUnrunnable, runProgram } from "./program.ts";
import type { Environment } from "./surroundings.ts";
import { timeoutOf, timeoutText } from "./timeout.ts";

const TIMEOUT_MS = 1_000;
const MOST_MS = 30_000;

export const commandProperties = z.strictObject({
  ...program,
  timeout: timeoutText(MOST_MS, "How long it may take, then it is killed; `1s` unless told, `30s` at most"),
});
export type CommandProperties = z.infer<typeof commandProperties>;

/** A member that runs is healthy when a command says so, by exiting with 0. */
export function commandIn(env: Environment): Flavor<CommandProperties> {
  return {
    name: "command",
    summary: "Healthy are those of whom a command says so, by exiting with 0",
    schema: commandProperties,
    effects: { command: "in-place", env: "in-place", timeout: "in-place" },

    async validate(flavor) {
      refuseUnrunnable(flavor);
    },

    async health(observed, flavor) {
      const present = presence(observed);
      if (present.kind !== "pass") return present;
      return runProgram(flavor, observed, env, timeoutOf(flavor.timeout, TIMEOUT_MS), NEVER);
    },
  };
}

const NEVER = new AbortController().signal;
