import type { AskChecks } from "@muster/runtime";

/**
 * Asks checks of this machine, of the insides of things, and from outside. What asks is loaded with the first check: most
 * stacks have none.
 *
 * @param env what programs are found and run with
 */
export function checksAsker(env: Readonly<Record<string, string | undefined>>): AskChecks {
  return async (checks, whom, signal) => {
    const { askChecks } = await import("./ask.ts");
    return askChecks(checks, whom, env, signal);
  };
}
