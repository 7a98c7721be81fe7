/**
 * Drops the beginning of a stack's history, so that what stays can still be verified, and still tells how its groups stood.
 *
 * 1. The events to be dropped are read and verified: a chain that is broken is evidence, and stays as it is.
 * 2. In one transaction the checkpoint is set (the hash of the last event that is dropped, and how the groups stood then)
 *    and an event is added that vouches for it. From then on the chain begins there.
 * 3. The room is freed, in small steps, so that a Muster that runs does not wait for it. A kill in between leaves events
 *    that nobody needs; the next call frees them, too.
 *
 * No lease is taken. Two that prune at once: the second finds another checkpoint than it saw, and begins again.
 */
import { type Event, type EventDraft, MusterError } from "@muster/model";
import { type BrokenLink, GENESIS, type Head } from "./chain.ts";
import type { Checkpoint, Store } from "./contract.ts";
import { type GroupPast, hashOfPasts, replayAll } from "./past.ts";
import { fromCheckpoint, walk } from "./walk.ts";

export interface PruneOptions {
  /** Only what is older, ms since 1970: up to the first event that is not. */
  readonly before: number;
  readonly actor: string;
  now(): number;
  /** Waits so many milliseconds, to let others write. */
  pause(ms: number): Promise<void>;
}

export interface Pruned {
  readonly stack: string;
  /** How many events were dropped now. */
  readonly dropped: number;
  /** Missing where nothing was ever dropped. */
  readonly checkpoint?: Checkpoint;
}

/** Throws `history.broken`, and drops nothing then. */
export async function pruneChain(store: Store, stack: string, options: PruneOptions): Promise<Pruned> {
  const pruned = await setCheckpoint(store, stack, options);
  await freeRoom(store, stack, options);
  return pruned;
}

async function setCheckpoint(store: Store, stack: string, { before, actor, now }: PruneOptions): Promise<Pruned> {
  for (;;) {
    const old = await fromCheckpoint(store, stack, (from) => readOld(store, stack, from, before));
    if (old.broken !== undefined) throw brokenHistory(stack, old.broken);
    const { from, dropped, head, until, groups } = old;
    if (old.onlyPrunings) return { stack, dropped: 0, ...(from === undefined ? {} : { checkpoint: from }) };
    const checkpoint: Checkpoint = { stack, seq: head.seq, hash: head.hash, until, at: now(), actor, groups };
    const event = eventOfPruning(checkpoint, dropped, from);
    if (await store.prune({ checkpoint, seen: from?.seq ?? 0, event }, checkpoint.at))
      return { stack, dropped, checkpoint };
  }
}

interface Old {
  readonly from: Checkpoint | undefined;
  readonly dropped: number;
  readonly head: Head;
  readonly until: number;
  readonly groups: readonly GroupPast[];
  /** There is nothing to drop but what tells of droppings before. */
  readonly onlyPrunings: boolean;
  readonly broken?: BrokenLink;
}

async function readOld(store: Store, stack: string, from: Checkpoint | undefined, before: number): Promise<Old> {
  let old: Old = {
    ...{ from, dropped: 0, head: from ?? GENESIS, until: from?.until ?? 0, groups: from?.groups ?? [] },
    onlyPrunings: true,
  };
  for await (const { events, broken } of walk(store, stack, from)) {
    const end = events.findIndex(({ at }) => at >= before);
    old = withEvents(old, end < 0 ? events : events.slice(0, end));
    if (end >= 0) break;
    if (broken !== undefined) return { ...old, broken };
  }
  return old;
}

function withEvents(old: Old, events: readonly Event[]): Old {
  return {
    from: old.from,
    dropped: old.dropped + events.length,
    head: events.at(-1) ?? old.head,
    until: events.reduce((latest, { at }) => Math.max(latest, at), old.until),
    groups: replayAll(old.groups, events),
    onlyPrunings: old.onlyPrunings && events.every(({ type }) => type === "history.pruned"),
  };
}

function eventOfPruning(checkpoint: Checkpoint, dropped: number, from: Checkpoint | undefined): EventDraft {
  const { seq, hash, groups, actor } = checkpoint;
  const first = seq - dropped + 1;
  return {
    type: "history.pruned",
    actor,
    cause: "intentional",
    message: `dropped ${dropped} of the events, numbers ${first} to ${seq}; none is later than ${timeText(checkpoint.until)}`,
    before: { seq: from?.seq ?? 0 },
    after: { seq, hash, groups: hashOfPasts(groups) },
  };
}

/** Frees so many at once: about 25 ms in which nobody else can write. */
const STEP = 2000;
/** Whoever waits to write looks again at least every 100 ms; between two steps there is room for that now and then. */
const PAUSE_MS = 25;

async function freeRoom(store: Store, stack: string, { pause }: PruneOptions): Promise<void> {
  while ((await store.sweep(stack, STEP)) === STEP) await pause(PAUSE_MS);
}

/** The chain of a stack does not hold: `history.broken`. */
export function brokenHistory(stack: string, { seq, detail, at }: BrokenLink): MusterError {
  const when = at === undefined ? "" : ` (${timeText(at)})`;
  return new MusterError("history.broken", { stack, seq, detail, when });
}

/** The time on a damaged event may be none. */
function timeText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}
