import { MusterError } from "@muster/model";
import type { Checkpoint, GroupName, Store } from "./contract.ts";
import { pages } from "./pages.ts";
import { type GroupPast, replay } from "./past.ts";

/**
 * What a group was at a time (ms since 1970), by what was written down until then. Undefined: nothing was known of it yet.
 * Throws `history.dropped` when what would tell it is there no more.
 */
export async function recall(store: Store, name: GroupName, at: number): Promise<GroupPast | undefined> {
  for (;;) {
    const from = await store.checkpoint(name.stack);
    if (from !== undefined && at < from.until) throw dropped(name, at, from);
    const past = await replayFrom(store, name, at, from);
    // Where some of it was dropped meanwhile, a part may not have been met.
    if ((await store.checkpoint(name.stack))?.seq === from?.seq) return past;
  }
}

async function replayFrom(
  store: Store,
  { stack, group }: GroupName,
  until: number,
  from: Checkpoint | undefined,
): Promise<GroupPast | undefined> {
  let past = from?.groups.find((each) => each.group === group);
  for await (const page of pages((after, limit) => store.events({ stack, group, until, after, limit }))) {
    const events = page.map(({ event }) => event).filter(({ seq }) => seq > (from?.seq ?? 0));
    past = replay(stack, group, past, events);
  }
  return past;
}

function dropped({ stack, group }: GroupName, at: number, { until, actor }: Checkpoint): MusterError {
  const [atText, untilText] = [at, until].map((time) => new Date(time).toISOString()) as [string, string];
  return new MusterError("history.dropped", { stack, group, at: atText, until: untilText, actor });
}
