import { setTimeout as pause } from "node:timers/promises";
import { MusterError } from "@muster/model";
import { type Pruned, pruneChain } from "@muster/store";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { dateAndTime } from "../print/time.ts";
import { confirm } from "./confirm.ts";
import { recordedStacks, withStore } from "./recorded.ts";
import { durationIn, pastTimeOf } from "./times.ts";

export interface PruneFlags extends OutputFlags {
  readonly yes: boolean;
  readonly keep?: string;
  readonly before?: string;
}

/** Drops what is old, stack by stack; one that is broken ends it, and stays as it is. */
export async function pruneHistory(this: Cli, flags: PruneFlags, stack?: string): Promise<void> {
  const before = timeIn(flags, Date.now());
  await withStore(this.env, async (store) => {
    const stacks = await recordedStacks(store, stack);
    const question = `Drop what is from before ${dateAndTime(before)} from the history of ${stacks.join(", ")}, for good?`;
    if (stacks.length > 0 && !(flags.yes || (await confirm(this, "muster audit prune", question)))) return;
    for (const name of stacks) {
      const pruned = await pruneChain(store, name, { before, actor: `user:${this.user()}`, now: Date.now, pause });
      this.out.write(flags.output === "json" ? `${JSON.stringify(viewOf(pruned))}\n` : textOf(pruned));
    }
  });
}

/** Throws `usage.bad-value`. */
function timeIn({ keep, before }: PruneFlags, now: number): number {
  if (keep !== undefined && before === undefined) return Math.max(0, now - durationIn("--keep", keep));
  if (before !== undefined && keep === undefined) return pastTimeOf("--before", before, now);
  throw new MusterError("usage.bad-value", {
    what: "muster audit prune",
    detail: "it must be told how much is to be dropped, in one way",
    wanted: "either --keep 90d or --before 2026-01-31",
  });
}

function viewOf({ stack, dropped, checkpoint }: Pruned): object {
  if (checkpoint === undefined) return { stack, dropped };
  const { seq, hash, until } = checkpoint;
  return { stack, dropped, upTo: { seq, hash, until } };
}

function textOf({ stack, dropped, checkpoint }: Pruned): string {
  if (dropped === 0 || checkpoint === undefined) return `${stack}  nothing to drop\n`;
  return `${stack}  dropped ${dropped === 1 ? "1 event" : `${dropped} events`}, up to number ${checkpoint.seq}\n`;
}
