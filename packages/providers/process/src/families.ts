/**
 * Which processes belong together, and whose they are. Of a living leader it is the whole session; and whatever bears the
 * mark, in whichever session. What left both, the session and the environment, is not known again.
 */
import type { Mark } from "./mark.ts";
import type { Process, ProcessTable } from "./process-table.ts";

/** All the living processes of one id. */
export interface Family {
  readonly id: string;
  readonly mark: Mark | undefined;
  /** Undefined where it is gone while others of its session live. */
  readonly leader: Process | undefined;
  /** Any of them bears the environment that the process was started with. */
  readonly members: readonly Process[];
}

/** What a look leaves behind for the next: whose each session was, and who was in it. */
export interface Acquaintance {
  readonly owners: ReadonlyMap<number, string>;
  readonly starts: ReadonlyMap<number, number>;
}

export const NOBODY: Acquaintance = { owners: new Map(), starts: new Map() };

export interface Families {
  readonly byId: ReadonlyMap<string, Family>;
  readonly acquaintance: Acquaintance;
}

/** Nobody takes part by only claiming to: a mark is believed of those that Muster may have started. */
export interface Trust {
  leader(process: Process): boolean;
  follower(process: Process, mark: Mark): boolean;
}

/** @param before what the look before has left: programs that write over their own environment are known again by it */
export function familiesIn(table: ProcessTable, dir: string, before: Acquaintance, trust: Trust): Families {
  const markOf = (process: Process) => {
    const mark = table.markOf(process);
    return mark?.dir === dir ? mark : undefined;
  };
  const leaders = leadersIn(table, markOf, trust);
  const owners = new Map([...leaders].map(([pid, { id }]) => [pid, id]));
  const strays = new Map<Process, Mark>();
  for (const process of table.processes) {
    if (owners.has(process.session)) continue;
    const mark = markOf(process);
    if (mark !== undefined && trust.follower(process, mark)) strays.set(process, mark);
  }
  for (const [pid, id] of orphanedSessions(table, strays, before)) owners.set(pid, id);

  const found = new Map<string, { mark: Mark | undefined; leader: Process | undefined; members: Process[] }>();
  for (const process of table.processes) {
    const mark = leaders.get(process.pid) ?? strays.get(process);
    const id = owners.get(process.session) ?? mark?.id;
    if (id === undefined) continue;
    const family = found.get(id) ?? { mark, leader: undefined, members: [] };
    found.set(id, family);
    family.members.push(process);
    family.mark ??= mark;
    if (leaders.has(process.pid)) family.leader ??= process;
  }
  const byId = new Map([...found].map(([id, family]) => [id, { id, ...family }]));
  return { byId, acquaintance: { owners, starts: startsIn(table, owners) } };
}

function leadersIn(
  table: ProcessTable,
  markOf: (process: Process) => Mark | undefined,
  trust: Trust,
): ReadonlyMap<number, Mark> {
  const leaders = new Map<number, Mark>();
  for (const process of table.processes) {
    if (process.pid !== process.session) continue;
    const mark = markOf(process);
    if (mark !== undefined && mark.leader === undefined && trust.leader(process)) leaders.set(process.pid, mark);
  }
  return leaders;
}

/**
 * Sessions that have lost their leader. Their number is not given to anybody else as long as one of them lives, so one
 * that bears the mark, or was seen in it before, tells whose they are. A session with a leader who is not ours is a
 * person's, who started something with our environment: of that only the one process counts.
 */
function orphanedSessions(
  table: ProcessTable,
  strays: ReadonlyMap<Process, Mark>,
  before: Acquaintance,
): ReadonlyMap<number, string> {
  const orphaned = new Map<number, string>();
  for (const process of table.processes) {
    const { pid, session, start } = process;
    if (orphaned.has(session) || table.byPid(session) !== undefined) continue;
    const mark = strays.get(process);
    const wasSeen = before.starts.get(pid) === start;
    const id = mark !== undefined && (mark.leader ?? session) === session ? mark.id : undefined;
    const owner = id ?? (wasSeen ? before.owners.get(session) : undefined);
    if (owner !== undefined) orphaned.set(session, owner);
  }
  return orphaned;
}

function startsIn(table: ProcessTable, owners: ReadonlyMap<number, string>): ReadonlyMap<number, number> {
  const ours = table.processes.filter(({ session }) => owners.has(session));
  return new Map(ours.map(({ pid, start }) => [pid, start]));
}
