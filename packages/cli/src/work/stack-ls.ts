import type { Cli } from "../cli.ts";
import { keptStacks } from "../client/holders.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { stackTable } from "../print/stack-text.ts";

/** Shows what can be shown before it fails for those that did not answer. */
export async function listStacks(this: Cli, { output }: OutputFlags): Promise<void> {
  const { stacks, failures } = await keptStacks(this.env);
  // That nobody could tell is not that there are none.
  if (stacks.length === 0 && failures.length > 0) throw failures[0];
  if (output === "json") this.out.write(`${JSON.stringify(stacks)}\n`);
  else this.out.write(stacks.length === 0 ? "No stacks.\n" : stackTable(stacks));
  if (failures.length > 0) throw failures[0];
}
