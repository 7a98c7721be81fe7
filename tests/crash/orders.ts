/** What people order here: which stacks there are, how a state of one is written down, and what can be asked of it next. */
import { type ApplyRequest, groupPath, PATHS } from "@muster/daemon";
import type { Document, JsonObject } from "@muster/model";
import type { Random } from "../../packages/simulator/src/random.ts";

/** A group that people may order. */
export interface Kind {
  readonly stack: string;
  readonly group: string;
  readonly type: "instance-file" | "file";
  /** Its members' names; without them it has a size. */
  readonly names?: readonly string[];
  /** It is destroyed, let go and declared again. */
  readonly mortal?: true;
}

export const KINDS: readonly Kind[] = [
  { stack: "shop", group: "web", type: "instance-file" },
  { stack: "shop", group: "cart", type: "instance-file", names: ["ann", "bob", "cyd"] },
  { stack: "site", group: "pages", type: "file" },
  { stack: "site", group: "conf", type: "file", names: ["hosts", "motd"] },
  { stack: "jobs", group: "batch", type: "instance-file", mortal: true },
];

export const STACKS: readonly string[] = [...new Set(KINDS.map(({ stack }) => stack))];

/** Beyond its size, while members are replaced; none where each has a name. */
export const SURGE = 1;

const MOST = 5;

export type Goal = "kept" | "paused" | "destroying";

/** How one group is wanted. */
export interface Wanted {
  readonly size: number;
  readonly version: number;
  readonly goal: Goal;
}

/** How a stack is wanted, by group; empty when nothing of it is declared. */
export type State = Readonly<Record<string, Wanted>>;

/** One thing that a person asks. */
export interface Order {
  readonly stack: string;
  /** Nobody else asks under this name: it finds the order in the history. */
  readonly actor: string;
  readonly says: string;
  readonly path: string;
  readonly body: object;
  readonly before: State;
  readonly after: State;
}

/** What goes into an order besides what is wanted. */
export interface Desk {
  readonly random: Random;
  /** The directory of the files that groups of `file` hold. */
  readonly files: string;
  newActor(): string;
  /** Some instance of a group, if there is any. */
  someInstance(kind: Kind): string | undefined;
}

export function kindsOf(stack: string): readonly Kind[] {
  return KINDS.filter((kind) => kind.stack === stack);
}

/** Of a group with names it is all of them. */
export function sizeOf({ names }: Kind, { size }: Wanted): number {
  return names?.length ?? size;
}

export function documentOf(stack: string, state: State, files: string): Document {
  const groups = Object.entries(state).map(([group, wanted]) => [group, groupOf(kindOf(stack, group), wanted, files)]);
  return { dialect: "muster", data: { stack, groups: Object.fromEntries(groups) } };
}

function kindOf(stack: string, group: string): Kind {
  const kind = KINDS.find((each) => each.stack === stack && each.group === group);
  if (kind === undefined) throw new Error(`nobody orders ${stack}/${group} here`);
  return kind;
}

function groupOf(kind: Kind, wanted: Wanted, files: string): JsonObject {
  const count: JsonObject = kind.names === undefined ? { size: wanted.size } : { members: kind.names };
  // People here make more in a minute than anybody would in an hour.
  const repair = { createsPerHour: 1_000_000 };
  return { ...count, repair, template: { [kind.type]: templateOf(kind, wanted, files) } };
}

/** A new version replaces members, but those of a `file` that has a name: they are changed in place. */
function templateOf({ type, group, names }: Kind, { version }: Wanted, files: string): JsonObject {
  if (type === "instance-file") return { properties: { version } };
  const name = names === undefined ? `v${version}-{id}` : "{id}";
  return { path: `${files}/${group}/${name}`, content: `version ${version}\n` };
}

/** What somebody asks of a stack next, as it is now; undefined while there is nothing to ask. */
export function nextOrder(stack: string, state: State, desk: Desk): Order | undefined {
  const { random } = desk;
  const kinds = kindsOf(stack);
  if (Object.keys(state).length === 0) return anew(stack, state, desk);
  const kind = kinds[random.between(0, kinds.length - 1)];
  const wanted = kind === undefined ? undefined : state[kind.group];
  if (kind === undefined || wanted === undefined || wanted.goal === "destroying") return undefined;
  if (kind.mortal && random.chance(0.5)) return ending(kind, wanted, state, desk);
  const chance = random.next();
  if (chance < 0.3) return steering(kind, wanted.goal === "paused" ? "resume" : "pause", state, desk);
  if (kind.names === undefined && chance < 0.6) return scaling(kind, wanted, state, desk);
  if (kind.names === undefined && kind.type === "instance-file" && chance < 0.7)
    return picking(kind, wanted, state, desk);
  return editing(kind, wanted, state, desk);
}

/** Everything of a stack as it was, but in another version and with members: every directory is written to once more. */
export function anew(stack: string, state: State, desk: Desk): Order {
  const groups = kindsOf(stack).map(({ group }): [string, Wanted] => {
    const { version = 0, goal = "kept" } = state[group] ?? {};
    return [group, { size: desk.random.between(1, MOST), version: version + 1, goal }];
  });
  return applying(stack, state, Object.fromEntries(groups), desk);
}

function applying(stack: string, before: State, after: State, desk: Desk): Order {
  const actor = desk.newActor();
  const document = documentOf(stack, after, desk.files);
  const body: ApplyRequest = { actor, source: "people", document };
  return { stack, actor, says: `apply ${JSON.stringify(after)}`, path: PATHS.apply, body, before, after };
}

function editing(kind: Kind, wanted: Wanted, state: State, desk: Desk): Order {
  const size = desk.random.chance(0.3) ? desk.random.between(0, MOST) : wanted.size;
  const edited = { ...wanted, size, version: wanted.version + 1 };
  return applying(kind.stack, state, { ...state, [kind.group]: edited }, desk);
}

type Verb = NonNullable<Parameters<typeof groupPath>[2]>;

function asking(kind: Kind, verb: Verb, before: State, after: State, desk: Desk, more: object = {}): Order {
  const { stack, group } = kind;
  const actor = desk.newActor();
  const says = `${verb} ${group}${Object.keys(more).length === 0 ? "" : ` ${JSON.stringify(more)}`}`;
  return { stack, actor, says, path: groupPath(stack, group, verb), body: { actor, ...more }, before, after };
}

export function steering(kind: Kind, verb: "pause" | "resume" | "destroy", state: State, desk: Desk): Order {
  const goals = { pause: "paused", resume: "kept", destroy: "destroying" } as const;
  const wanted = state[kind.group];
  const after = wanted === undefined ? state : { ...state, [kind.group]: { ...wanted, goal: goals[verb] } };
  return asking(kind, verb, state, after, desk);
}

function scaling(kind: Kind, wanted: Wanted, state: State, desk: Desk): Order {
  const other = desk.random.between(0, MOST - 1);
  const size = other >= wanted.size ? other + 1 : other;
  return asking(kind, "scale", state, { ...state, [kind.group]: { ...wanted, size } }, desk, { size });
}

function picking(kind: Kind, wanted: Wanted, state: State, desk: Desk): Order | undefined {
  const picked = desk.someInstance(kind);
  if (picked === undefined || wanted.size === 0) return undefined;
  const after = { ...state, [kind.group]: { ...wanted, size: wanted.size - 1 } };
  return asking(kind, "destroy-instances", state, after, desk, { instances: [picked] });
}

function ending(kind: Kind, wanted: Wanted, state: State, desk: Desk): Order {
  if (desk.random.chance(0.6)) return steering(kind, "destroy", state, desk);
  const { [kind.group]: _, ...others } = state;
  return asking(kind, "free", state, wanted.goal === "destroying" ? state : others, desk);
}
