/**
 * Whether Muster kept its word. Every function compares what was promised or seen with what is there, and says each
 * difference in a sentence; none has anything to do with how Muster works inside.
 */
import { type Event, sameJson } from "@muster/model";
import { type Claim, type Declaration, type Head, type JournalEntry, verifyChain } from "@muster/store";
import type { InstanceSeen } from "./disk.ts";
import type { Page } from "./ledger.ts";
import { documentOf, type Goal, KINDS, type Kind, type Order, type State, sizeOf } from "./orders.ts";

/** What is wrong, in a sentence. */
export type Fault = string;

/** How a stack stands in the store, where that is one of the states that it may be in. */
export type Standing = { readonly state: State; readonly generation: number } | { readonly fault: Fault };

/** The declaration is the one that was acknowledged, or the one that was asked when the kill came. */
export function standingOf(page: Page, declaration: Declaration | undefined, files: string): Standing {
  const { stack, state, asked, generation: told } = page;
  const found = [asked?.after, state].find((each) => each !== undefined && isDeclared(stack, each, declaration, files));
  const generation = declaration?.generation ?? 0;
  if (found === undefined) {
    const may = asked === undefined ? "" : `, or ${asked.actor}'s order taken: ${JSON.stringify(asked.after)}`;
    return {
      fault: `${stack} was acknowledged as ${JSON.stringify(state)}${may}; the store has ${JSON.stringify(declaration)}`,
    };
  }
  if (declaration !== undefined && generation < told) {
    return { fault: `${stack} was acknowledged as generation ${told}, and the store has ${generation}` };
  }
  return { state: withoutGone(found, declaration), generation };
}

function isDeclared(stack: string, state: State, declaration: Declaration | undefined, files: string): boolean {
  const left = withoutGone(state, declaration);
  if (declaration === undefined) return Object.keys(left).length === 0;
  if (!sameJson(declaration.document.data, documentOf(stack, left, files).data)) return false;
  return Object.entries(left).every(([group, { goal }]) => goalOf(declaration, group) === goal);
}

/** A group that was to be destroyed may have been by now. */
function withoutGone(state: State, declaration: Declaration | undefined): State {
  const groups = Object(declaration?.document.data["groups"]);
  return Object.fromEntries(
    Object.entries(state).filter(([group, { goal }]) => goal !== "destroying" || group in groups),
  );
}

function goalOf({ steering }: Declaration, group: string): Goal {
  return steering[group]?.goal ?? "kept";
}

/** What was acknowledged stands in the history under the name of who asked, and so does what was taken unanswered. */
export function ordersInHistory(page: Page, taken: State, entries: readonly JournalEntry[]): readonly Fault[] {
  const actors = new Set(entries.map(({ event }) => event.actor));
  const isTold = ({ actor }: Order): boolean => actors.has(`user:${actor}`);
  const lost = page.acknowledged.filter((order) => !isTold(order));
  const faults = lost.map(
    ({ stack, actor, says }) => `${actor}'s order to ${stack} was acknowledged, and no event tells of it: ${says}`,
  );
  const { asked } = page;
  if (asked === undefined) return faults;
  const isTaken = isSame(taken, asked.after);
  if (isTaken === isTold(asked) || isSame(asked.before, asked.after)) return faults;
  const half = isTaken ? "is declared, and no event tells of it" : "is told by an event, and is not declared";
  return [...faults, `${asked.actor}'s order to ${asked.stack} was half written: it ${half}: ${asked.says}`];
}

/** What was to be destroyed may be gone by now. */
export function isSame(found: State, wanted: State): boolean {
  const living = Object.entries(wanted).filter(([group, { goal }]) => goal !== "destroying" || group in found);
  return sameJson(Object(found), Object(Object.fromEntries(living)));
}

/** An event that was seen through the API. */
export interface Sighting {
  readonly place: number;
  readonly event: Pick<Event, "stack" | "seq" | "hash">;
}

/** Every event that was seen is there, in its place and unchanged. */
export function sightingsKept(sightings: readonly Sighting[], entries: readonly JournalEntry[]): readonly Fault[] {
  const byPlace = new Map(entries.map(({ place, event }) => [place, event]));
  return sightings.flatMap(({ place, event: { stack, seq, hash } }) => {
    const kept = byPlace.get(place);
    if (kept === undefined) return `event ${seq} of ${stack} was seen at place ${place}, and is not in the store`;
    if (kept.stack === stack && kept.seq === seq && kept.hash === hash) return [];
    return `event ${seq} of ${stack} was seen at place ${place}, and is another now (${kept.stack}, ${kept.seq})`;
  });
}

/** The chain of each stack goes on from where it was; `heads` are moved to its end. */
export function chainsWhole(entries: readonly JournalEntry[], heads: Map<string, Head>): readonly Fault[] {
  const stacks = Map.groupBy(entries, ({ event }) => event.stack);
  return [...stacks].flatMap(([stack, ofStack]) => {
    const events = ofStack.map(({ event }) => event);
    const broken = verifyChain(events, heads.get(stack));
    const last = events.at(-1);
    if (last !== undefined) heads.set(stack, last);
    return broken === undefined ? [] : `the chain of ${stack} is broken at ${broken.seq}: ${broken.detail}`;
  });
}

/** At any moment: no create was carried out twice, no group has more members than it may, and nobody sees half a file. */
export function membersSound(instances: readonly InstanceSeen[], most: (place: string) => number): readonly Fault[] {
  const faults = instances.filter(({ broken }) => broken === true).map(({ id }) => `${id} is half written`);
  const marked = instances.flatMap(({ id, mark }) => (mark === undefined ? [] : { id, mark }));
  for (const [intent, made] of Map.groupBy(marked, ({ mark }) => mark.intent)) {
    if (made.length > 1)
      faults.push(`one create made ${made.length}: ${made.map(({ id }) => id).join(", ")} (${intent})`);
  }
  for (const [place, members] of Map.groupBy(marked, ({ mark }) => `${mark.stack}/${mark.owner}`)) {
    if (members.length > most(place))
      faults.push(`${place} has ${members.length} members, and may have ${most(place)}`);
    const { names } = kindAt(place) ?? {};
    if (names === undefined) continue;
    for (const [slot, there] of Map.groupBy(members, ({ mark }) => mark.slot)) {
      if (there.length > 1) faults.push(`${place} has ${there.length} members named ${slot}`);
    }
  }
  return faults;
}

/** In the history: an instance comes to be once. */
export function createdOnce(entries: readonly JournalEntry[]): readonly Fault[] {
  const created = entries.filter(({ event }) => event.type === "instance.created" && isInstance(event));
  return [...Map.groupBy(created, ({ event }) => event.instance)]
    .filter(([, told]) => told.length > 1)
    .map(([instance, told]) => `${instance} was created ${told.length} times, as the history has it`);
}

/** Those of `file` have the same name again and again. */
function isInstance({ stack, group }: Event): boolean {
  return kindAt(`${stack}/${group}`)?.type === "instance-file";
}

export interface Reality {
  readonly instances: readonly InstanceSeen[];
  /** The paths of the files that groups of `file` hold, and what else lies there. */
  readonly files: readonly string[];
  readonly claims: readonly Claim[];
}

/**
 * When Muster says that all is as declared: every group has its members and no others, and nothing else bears a mark or
 * is claimed, unless its group was let go on purpose.
 */
export function nothingOrphaned(
  reality: Reality,
  states: ReadonlyMap<string, State>,
  released: ReadonlySet<string>,
): readonly Fault[] {
  const { instances, files, claims } = reality;
  const faults: Fault[] = [];
  const claimed = new Map(claims.map(({ id, mark }) => [id, `${mark.stack}/${mark.owner}`]));
  for (const path of files) if (!claimed.has(path)) faults.push(`${path} is there, and nobody's`);
  const present = new Set(files);
  for (const [path, place] of claimed)
    if (!present.has(path)) faults.push(`${place} claims ${path}, which is not there`);
  const marked = instances.flatMap(({ mark }) => (mark === undefined ? [] : `${mark.stack}/${mark.owner}`));
  const members = Map.groupBy([...marked, ...claimed.values()], (place) => place);
  for (const [place, there] of members) {
    if (wantedAt(place, states) === 0 && !released.has(place)) faults.push(`${there.length} of ${place} are nobody's`);
  }
  for (const kind of KINDS) {
    const place = `${kind.stack}/${kind.group}`;
    const [wanted, there] = [wantedAt(place, states), members.get(place)?.length ?? 0];
    if (wanted > 0 && there !== wanted) faults.push(`${place} has ${there} members, and says that it has ${wanted}`);
  }
  return faults;
}

function wantedAt(place: string, states: ReadonlyMap<string, State>): number {
  const kind = kindAt(place);
  const wanted = kind === undefined ? undefined : states.get(kind.stack)?.[kind.group];
  return kind === undefined || wanted === undefined ? 0 : sizeOf(kind, wanted);
}

/** Every instance that bears a mark has an event that tells of its creation, unless its group was let go meanwhile. */
export function creationsTold(
  instances: readonly InstanceSeen[],
  entries: readonly JournalEntry[],
  released: ReadonlySet<string>,
): readonly Fault[] {
  const told = new Set(
    entries.flatMap(({ event }) => (event.type === "instance.created" ? (event.instance ?? []) : [])),
  );
  return instances
    .filter(({ id, mark }) => mark !== undefined && !told.has(id) && !released.has(`${mark.stack}/${mark.owner}`))
    .map(({ id }) => `${id} bears Muster's mark, and no event tells that it was created`);
}

/** The groups (`stack/group`) that were ever let go. */
export function everReleased(entries: readonly JournalEntry[]): ReadonlySet<string> {
  const released = entries.filter(({ event }) => event.type === "group.released");
  return new Set(released.map(({ event }) => placeOf(event)));
}

/** Those that were let go and not declared again. */
export function nowReleased(entries: readonly JournalEntry[]): ReadonlySet<string> {
  const released = new Set<string>();
  for (const { event } of entries) {
    if (event.type === "group.released") released.add(placeOf(event));
    if (event.type === "group.committed") released.delete(placeOf(event));
  }
  return released;
}

function placeOf({ stack, group }: Event): string {
  return `${stack}/${group}`;
}

function kindAt(place: string): Kind | undefined {
  return KINDS.find(({ stack, group }) => `${stack}/${group}` === place);
}
