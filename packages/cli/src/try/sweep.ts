/** Takes away what tries have left behind: of those that were killed in the middle, and of those that are not wanted any more. */
import { MusterError, messageOf } from "@muster/model";
import type { Cli } from "../cli.ts";
import { stackSocket } from "../places.ts";
import { apiHere } from "../work/api-here.ts";
import { openHost } from "../work/host.ts";
import { leftOf } from "./gone.ts";
import { readTryStack } from "./kept.ts";
import { destroy } from "./life.ts";
import { placeOfTry, removePlace } from "./place.ts";
import { giveBackPorts } from "./ports.ts";
import { holderHere, isUnderWay, readRecords, type TryRecord, writeRecord } from "./record.ts";

export interface Swept {
  readonly id: string;
  /** Why something of it is still there. */
  readonly failure?: string;
}

/** Those that nobody sees to, and nobody has kept. What of them cannot be taken away holds up nobody. */
export async function sweep(cli: Cli, signal: AbortSignal): Promise<readonly Swept[]> {
  const swept: Swept[] = [];
  for (const record of readRecords(cli.env)) {
    if (record.state === "over" || record.state === "kept" || isUnderWay(record)) continue;
    try {
      await takeAway(cli, record, signal);
      swept.push({ id: record.id });
    } catch (thrown) {
      // Somebody else is taking it away.
      if (thrown instanceof MusterError && thrown.code === "stack.held") continue;
      swept.push({ id: record.id, failure: messageOf(thrown) });
    }
  }
  return swept;
}

/** Throws `try.running`, `stack.held`, `try.left`, and whatever keeps it from being destroyed. */
export async function takeAway(cli: Cli, record: TryRecord, signal: AbortSignal): Promise<void> {
  const { id, copy, platform, places } = record;
  if (isUnderWay(record)) throw new MusterError("try.running", { id, pid: record.holder.pid });
  const stack = readTryStack(record);
  if (stack !== undefined) {
    const place = placeOfTry(cli.env, id, platform);
    const own: Cli = { ...cli, env: place.env };
    const host = await openHost(
      own,
      {},
      {
        ...{ command: `try destroy ${id}`, stacks: [copy], socket: stackSocket(place.env, copy) },
        ...{ onEvent: () => undefined, onStatus: () => undefined, onNotice: () => undefined },
      },
    );
    try {
      writeRecord(cli.env, { ...record, state: "left", holder: holderHere(`try destroy ${id}`) });
      await destroy(own, apiHere(host.daemon), copy, signal);
      const left = await leftOf(place, stack, places, () => undefined);
      if (left.length > 0) throw new MusterError("try.left", { id, detail: left.join("; ") });
    } finally {
      await host.close();
    }
  }
  finish(cli, record);
}

/** Nothing is left of it but what came of it. */
export function finish(cli: Cli, { document: _, ...record }: TryRecord): void {
  removePlace(cli.env, record.id);
  giveBackPorts(cli.env, record.id);
  writeRecord(cli.env, { ...record, state: "over", places: [] });
}
