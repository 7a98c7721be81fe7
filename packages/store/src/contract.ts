/**
 * What the store keeps: what reality cannot tell. Records (declarations, memory, claims, leases) and the journal
 * (events), in one transaction.
 */
import type { Document, Event, EventDraft, EventType, Json, Mark } from "@muster/model";

/** Who holds a lease: enough to tell whether it still lives. */
export interface Holder {
  readonly pid: number;
  /** The process's start in clock ticks since boot (/proc/PID/stat); tells it from a later one of the same pid. */
  readonly started: string;
  /** The boot that the pid belongs to, and its pid namespace. */
  readonly boot: string;
  readonly namespace: string;
  /** The socket it answers on. */
  readonly socket: string;
  /** `serve`, `watch FILE`: for a person to read. */
  readonly command: string;
}

/** The right to write what belongs to one stack. A later holder has a higher epoch, and every write carries it. */
export interface Lease {
  readonly stack: string;
  readonly epoch: number;
  readonly holder: Holder;
}

/** What a person asked of a group beside its declaration. */
export type Steering = "paused" | "destroying";

export interface Declaration {
  readonly stack: string;
  readonly document: Document;
  /** Where it came from: a file's absolute path, or the caller. */
  readonly source: string;
  /** Counts the commits. */
  readonly generation: number;
  readonly steering: Readonly<Record<string, Steering>>;
}

/** Stands in for a mark where a thing cannot bear one. */
export interface Claim {
  readonly type: string;
  /** The provider's scope, in which the id is unique. */
  readonly scope: string;
  readonly id: string;
  readonly mark: Mark;
}

/** One atomic write. Everything in it is there afterwards, or nothing. */
export interface Writes {
  readonly declaration?: Declaration | null;
  /** By group; null forgets it. */
  readonly memory?: Readonly<Record<string, Json | null>>;
  readonly claim?: readonly Claim[];
  readonly release?: readonly Pick<Claim, "type" | "scope" | "id">[];
  readonly events?: readonly EventDraft[];
}

export interface EventQuery {
  readonly stack?: string;
  readonly group?: string;
  readonly types?: readonly EventType[];
  /** Not before this time, ms since 1970. */
  readonly since?: number;
  /** Only those after this place in the journal (`JournalEntry.place`). */
  readonly after?: number;
  /** At most so many; 1000 unless told. */
  readonly limit?: number;
  /** Newest first. */
  readonly newestFirst?: boolean;
}

export interface JournalEntry {
  /** Grows over all stacks: where to read on from. */
  readonly place: number;
  readonly event: Event;
}

export interface Store {
  /**
   * Takes the lease of a stack. `alive` is asked about the present holder, if there is one; a dead one is replaced.
   * Throws `stack.held` when it lives. Two that try at once: one wins.
   */
  acquire(stack: string, holder: Holder, alive: (holder: Holder) => Promise<boolean>): Promise<Lease>;
  release(lease: Lease): Promise<void>;
  lease(stack: string): Promise<Lease | undefined>;

  /** Writes under a lease, at a time. Throws `stack.lost` when the lease is no longer the newest; then nothing was written. */
  write(lease: Lease, writes: Writes, now: number): Promise<readonly Event[]>;

  declarations(): Promise<readonly Declaration[]>;
  declaration(stack: string): Promise<Declaration | undefined>;
  memory(stack: string, group: string): Promise<Json | undefined>;
  claims(stack: string, owner: string): Promise<readonly Claim[]>;
  /** Whose a thing is, if anybody's. */
  claimed(type: string, scope: string, id: string): Promise<Claim | undefined>;
  events(query: EventQuery): Promise<readonly JournalEntry[]>;
  close(): Promise<void>;
}
