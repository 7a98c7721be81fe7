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

/** One atomic write of what belongs to the lease's stack. Everything in it is there afterwards, or nothing. */
export interface Writes {
  /** Null forgets it. */
  readonly declaration?: Declaration | null;
  /** By group; null forgets it. */
  readonly memory?: Readonly<Record<string, Json | null>>;
  /** Released before anything is claimed, so that one write can hand a thing on. What is not the stack's own stays. */
  readonly release?: readonly Pick<Claim, "type" | "scope" | "id">[];
  /** Renews the owner's own claim. Throws `claim.taken` when another owner has it. */
  readonly claim?: readonly Claim[];
  readonly events?: readonly EventDraft[];
}

/** How many events a query gives unless it says. */
export const EVENTS_PER_PAGE = 1000;

export interface EventQuery {
  readonly stack?: string;
  readonly group?: string;
  readonly types?: readonly EventType[];
  /** Not before this time, ms since 1970. */
  readonly since?: number;
  /** Only those after, or before, this place in the journal (`JournalEntry.place`): the next page, either way. */
  readonly after?: number;
  readonly before?: number;
  /** At most so many; `EVENTS_PER_PAGE` unless told. */
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
  /** Gives the lease back; does nothing when somebody else has it by now. */
  release(lease: Lease): Promise<void>;
  /** Who holds the stack now. */
  lease(stack: string): Promise<Lease | undefined>;

  /**
   * Writes under a lease, at a time (ms since 1970), and gives back the events in their places. Throws `stack.lost` when
   * the lease was taken over or given back. After any error nothing was written.
   */
  write(lease: Lease, writes: Writes, now: number): Promise<readonly Event[]>;

  /** All of them, by name of stack. */
  declarations(): Promise<readonly Declaration[]>;
  declaration(stack: string): Promise<Declaration | undefined>;
  memory(stack: string, group: string): Promise<Json | undefined>;
  /** What an owner has claimed, by type, scope and id. */
  claims(stack: string, owner: string): Promise<readonly Claim[]>;
  /** Whose a thing is, if anybody's. */
  claimed(type: string, scope: string, id: string): Promise<Claim | undefined>;
  events(query: EventQuery): Promise<readonly JournalEntry[]>;
  /** A store that is closed answers nothing more. Closing it twice is harmless. */
  close(): Promise<void>;
}
