import { type Io, ProviderError, type TaskProvider, type TaskType } from "@muster/plugin";
import type { Environment } from "@muster/provider-process";
import { z } from "zod";
import { isThere, whyDue } from "./conditions.ts";
import { type CommandTaskProperties, commandTaskProperties, timeoutOf } from "./properties.ts";
import { restsOn } from "./rests-on.ts";
import { assertPossible, doneBy } from "./running.ts";

const settings = z.strictObject({});
export type CommandTaskSettings = z.infer<typeof settings>;

/**
 * A command that is run where it is due.
 *
 * @param env where it has its PATH and its like from, and where secrets are read
 */
export function commandTaskIn(env: Environment): TaskType<CommandTaskProperties, CommandTaskSettings> {
  return {
    known: "task",
    name: "command",
    summary: "A command that is run where it is due",
    schema: commandTaskProperties,
    settings,
    naming: "name",
    restsOn,
    open: async (_settings: CommandTaskSettings, _io: Io) => commandsIn(env),
  };
}

/** With the environment of this process. */
export const commandTask = commandTaskIn(process.env);

function commandsIn(env: Environment): TaskProvider<CommandTaskProperties> {
  return {
    scope: "host",

    async validate(want) {
      assertPossible(want);
    },

    due: (want, { signal }) => whyDue(want, env, signal),

    async run(want, { signal }) {
      await doneBy(want, { words: want.command, timeoutMs: timeoutOf(want) }, env, signal);
      const { creates } = want;
      // It would be due again at the next look, and at each after that.
      if (creates === undefined || isThere(creates)) return;
      throw new ProviderError("retryable", `${want.command[0]} has done its work, and still nothing is at ${creates}`);
    },
  };
}
