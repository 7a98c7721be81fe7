/** Is the history of a stack what was written? */
import { type Event, isObject } from "@muster/model";
import { type BrokenLink, GENESIS, type Head, verifyLinks } from "./chain.ts";
import type { Checkpoint, Store } from "./contract.ts";
import { hashOfPasts } from "./past.ts";
import { fromCheckpoint, walk } from "./walk.ts";

export interface Audit {
  readonly stack: string;
  /** How many events hold. */
  readonly events: number;
  /** The last of them. */
  readonly head: Head;
  /** The time of the last of them, ms since 1970; missing where there is none. */
  readonly at?: number;
  /** What was dropped before them. */
  readonly checkpoint?: Checkpoint;
  readonly broken?: BrokenLink;
  /** Where in the chain the hash that was looked for is. */
  readonly met?: Head;
}

/** Goes along the whole chain, a page at a time. `wanted` is a hash that was kept elsewhere. */
export function auditChain(store: Store, stack: string, wanted?: string): Promise<Audit> {
  return fromCheckpoint(store, stack, async (checkpoint) => {
    let audit: Audit = { stack, events: 0, head: checkpoint ?? GENESIS, ...(checkpoint ? { checkpoint } : {}) };
    let vouched = checkpoint === undefined;
    if (wanted !== undefined && checkpoint?.hash === wanted) audit = { ...audit, met: headOf(checkpoint) };
    for await (const { events, broken } of walk(store, stack, checkpoint)) {
      const last = events.at(-1);
      const met = events.find(({ hash }) => hash === wanted);
      audit = {
        ...audit,
        events: audit.events + events.length,
        ...(last === undefined ? {} : { head: headOf(last), at: last.at }),
        ...(met === undefined ? {} : { met: headOf(met) }),
        ...(broken === undefined ? {} : { broken }),
      };
      vouched ||= checkpoint !== undefined && events.some((event) => vouchesFor(event, checkpoint));
    }
    if (vouched || audit.broken !== undefined) return audit;
    return { ...audit, broken: { seq: audit.head.seq + 1, detail: UNVOUCHED } };
  });
}

/**
 * The same of the newest events only, of at most so many: it takes as long however long the history is, and tells nothing
 * of what is before them. Throws `store.damaged`.
 */
export async function auditNewest(store: Store, stack: string, most: number): Promise<Audit> {
  const newest = await store.events({ stack, limit: most, newestFirst: true });
  const oldest = newest.at(-1);
  if (oldest === undefined) return { stack, events: 0, head: GENESIS };
  const { place, event } = oldest;
  const before = { seq: event.seq - 1, hash: event.previous };
  const { events, broken } = verifyLinks(await store.links(stack, place - 1, most), before);
  const last = events.at(-1);
  return {
    ...{ stack, events: events.length, head: last === undefined ? before : headOf(last) },
    ...(last === undefined ? {} : { at: last.at }),
    ...(broken === undefined ? {} : { broken }),
  };
}

const UNVOUCHED = "what is missing before it was not dropped by `muster audit prune`: no event of the chain says so";

/** A checkpoint lies beside the chain, and whoever cuts off its beginning could write one: so an event tells of it. */
function vouchesFor({ type, after }: Event, { seq, hash, groups }: Checkpoint): boolean {
  if (type !== "history.pruned" || !isObject(after)) return false;
  return after["seq"] === seq && after["hash"] === hash && after["groups"] === hashOfPasts(groups);
}

function headOf({ seq, hash }: Head): Head {
  return { seq, hash };
}
