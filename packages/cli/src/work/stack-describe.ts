import { didYouMean, MusterError, nearest } from "@muster/model";
import type { Cli } from "../cli.ts";
import { keptStacks } from "../client/holders.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { stackText } from "../print/stack-text.ts";

/** Throws `stack.not-found`. */
export async function describeStack(this: Cli, { output }: OutputFlags, wanted: string): Promise<void> {
  const { stacks, failures } = await keptStacks(this.env);
  const found = stacks.find(({ stack }) => stack === wanted);
  // It may be with one that did not answer.
  if (found === undefined && failures.length > 0) throw failures[0];
  if (found === undefined) {
    const names = stacks.map(({ stack }) => stack);
    throw new MusterError("stack.not-found", { stack: wanted, nearest: didYouMean(nearest(wanted, names)) });
  }
  this.out.write(output === "json" ? `${JSON.stringify(found)}\n` : stackText(found));
}
