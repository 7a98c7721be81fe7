/**
 * What the store keeps: what reality cannot tell. Records (declarations, memory, claims, leases) and the journal
 * (events), in one transaction.
 */
import type { Address, Consent, Document, Event, EventDraft, EventType, Json, Mark } from "@muster/model";
import type { Head } from "./chain.ts";
import type { GroupPast } from "./past.ts";

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
export interface Steering {
  readonly goal: "kept" | "paused" | "destroying";
  /** It is kept at its former version, whatever is declared. */
  readonly reverted: boolean;
  /** Its canaries are good: the declared version may go to everyone. */
  readonly promoted: boolean;
  /** The generation in which this version was declared, resumed or reverted last: what had failed before is tried again. */
  readonly retriedIn: number;
}

/** A group that nobody steers. */
export const UNSTEERED: Steering = { goal: "kept", reverted: false, promoted: false, retriedIn: 0 };

export interface Declaration {
  readonly stack: string;
  readonly document: Document;
  /** Where it came from: a file's absolute path, or the caller. */
  readonly source: string;
  /** Counts the commits. */
  readonly generation: number;
  /** By group; one that is missing is `UNSTEERED`. */
  readonly steering: Readonly<Record<string, Steering>>;
  /** By group: a document of that group alone, as it was when its version before was carried through to everyone. */
  readonly former: Readonly<Record<string, Document>>;
  /** What of its resources was asked for beside the document; missing: nothing. */
  readonly resources?: ResourceSteering;
}

/** What a stack knows of its resources beside what it declares. */
export interface ResourceSteering {
  /** What may be done once, with this generation, though it cannot be taken back. */
  readonly allow: readonly Consent[];
  /** Everything the stack declares is to be destroyed, and then forgotten. */
  readonly destroying: boolean;
  /** Resources that are declared no longer, each as a document of it alone. */
  readonly released: Readonly<Record<Address, Released>>;
}

export interface Released {
  readonly document: Document;
  /** Somebody has asked for it to be destroyed. */
  readonly prune: boolean;
}

export const NO_RESOURCE_STEERING: ResourceSteering = { allow: [], destroying: false, released: {} };

/** Stands in for a mark where a thing cannot bear one. */
export interface Claim {
  readonly type: string;
  /** The provider's scope, in which the id is unique. */
  readonly scope: string;
  readonly id: string;
  readonly mark: Mark;
}

/** A claim that is made. */
export interface Claiming extends Claim {
  /** Whoever may have it until now: it is taken over from that owner, and from nobody else. */
  readonly over?: Pick<Mark, "stack" | "owner">;
}

/** One atomic write of what belongs to the lease's stack. Everything in it is there afterwards, or nothing. */
export interface Writes {
  /** Null forgets it. */
  readonly declaration?: Declaration | null;
  /** By group; null forgets it. */
  readonly memory?: Readonly<Record<string, Json | null>>;
  /** Released before anything is claimed, so that one write can hand a thing on. What is not the stack's own stays. */
  readonly release?: readonly Pick<Claim, "type" | "scope" | "id">[];
  /** Renews the owner's own claim. Throws `claim.taken` when another owner has it than the one it is taken over from. */
  readonly claim?: readonly Claiming[];
  readonly events?: readonly EventDraft[];
}

/** How many events a query gives unless it says. */
export const EVENTS_PER_PAGE = 1000;

export interface EventQuery {
  readonly stack?: string;
  /** Null: only what is of no group, but of its whole stack. */
  readonly group?: string | null;
  readonly types?: readonly EventType[];
  /** Not before, and not after, this time, ms since 1970. */
  readonly since?: number;
  readonly until?: number;
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

export interface GroupName {
  readonly stack: string;
  readonly group: string;
}

/** What was dropped of a stack's history. Its chain goes on from here. */
export interface Checkpoint extends Head {
  readonly stack: string;
  /** The latest time of what was dropped, ms since 1970. */
  readonly until: number;
  /** When it was dropped, and by whom: `user:NAME`. */
  readonly at: number;
  readonly actor: string;
  /** How its groups stood at that point. */
  readonly groups: readonly GroupPast[];
}

/** Drops a stack's history up to a checkpoint, and writes down that it was done. */
export interface Pruning {
  readonly checkpoint: Checkpoint;
  /** The `seq` of the checkpoint before; 0: there was none. */
  readonly seen: number;
  readonly event: EventDraft;
}

/** An event as it lies in the store, believed or not: the text that its hash was taken over, and what it is found by. */
export interface StoredLink {
  readonly place: number;
  readonly stack: string;
  readonly seq: number;
  readonly group: string | undefined;
  readonly type: string;
  readonly at: number;
  /** A search from a time on begins where it must. */
  readonly timely: boolean;
  readonly hash: string;
  readonly text: string;
}

/** Reports of one subject that are kept, and of all subjects together: with a new one the oldest go. */
export const REPORTS_PER_SUBJECT = 100;
export const REPORTS_IN_ALL = 10_000;

/** That checks were asked, in short. */
export interface ReportLine {
  /** Of whom was asked: a stack's name, or the absolute path of a file of checks. */
  readonly subject: string;
  /** When, in ms since 1970. */
  readonly at: number;
  readonly summary: Json;
}

/** A report of checks, whole. */
export interface KeptReport extends ReportLine {
  readonly report: Json;
}

export interface ReportQuery {
  readonly subject?: string;
  /** Not before this time, ms since 1970. */
  readonly since?: number;
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
  /** All that is remembered under names that begin so, by name. */
  memories(stack: string, beginning: string): Promise<ReadonlyMap<string, Json>>;
  /** What an owner has claimed, or all owners of a stack, by type, scope and id. */
  claims(stack: string, owner?: string): Promise<readonly Claim[]>;
  /** Whose a thing is, if anybody's. */
  claimed(type: string, scope: string, id: string): Promise<Claim | undefined>;
  /** Throws `store.damaged` when one of them cannot be read. */
  events(query: EventQuery): Promise<readonly JournalEntry[]>;

  /** Every stack that the history tells of, by name. */
  stacks(): Promise<readonly string[]>;
  /** Every group that it tells of, also those that are no more, by stack and name. */
  groups(): Promise<readonly GroupName[]>;
  /** At most so many links of a stack's chain after a place (0: from the first), without what lies before its checkpoint. */
  links(stack: string, after: number, limit: number): Promise<readonly StoredLink[]>;
  checkpoint(stack: string): Promise<Checkpoint | undefined>;
  /**
   * Sets the checkpoint and writes its event, in one transaction; nothing of the chain is read from before it any more.
   * Undefined, and nothing is written, when the checkpoint is not the one that was seen. No lease is needed: what it drops
   * nobody changes, and what it adds is chained to whatever is last.
   */
  prune(pruning: Pruning, now: number): Promise<Event | undefined>;
  /** Frees the room of at most so many events that were dropped, oldest first; how many they were. Needs no lease either. */
  sweep(stack: string, most: number): Promise<number>;
  /** Keeps a report, and drops what is too much. No lease is needed: a report is nobody's but its subject's. */
  keepReport(report: KeptReport): Promise<void>;
  /** In the order in which they were kept. */
  reports(query: ReportQuery): Promise<readonly ReportLine[]>;
  /** The one that was kept last, of this subject or of any. */
  lastReport(subject?: string): Promise<KeptReport | undefined>;
  /** A store that is closed answers nothing more. Closing it twice is harmless. */
  close(): Promise<void>;
}
