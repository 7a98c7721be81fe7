/** What a stack remembers of its resources: of each what is going on, and which thing it is where its name does not tell. */
import { type Address, type Cause, isObject, type Json, MusterError } from "@muster/model";
import type { Store, Writes } from "@muster/store";

/** What is remembered of one resource. */
export interface Remembered {
  /** In this generation it was declared otherwise than when it was last as declared, or for the first time. */
  readonly pending?: number | undefined;
  /** A create of which no look has shown yet what came of it. */
  readonly open?: OpenCreate | undefined;
  /** The thing that this Muster has made: another one may have made one of the same mark. */
  readonly made?: MadeThing | undefined;
  /** Who has changed, and it is still to be told. */
  readonly told?: Notices | undefined;
}

export interface OpenCreate {
  readonly intent: string;
  /** When its call ended, ms since 1970; missing while it is under way. */
  readonly endedAt?: number;
}

export interface MadeThing {
  readonly intent: string;
  readonly id: string;
}

/** By who has changed. */
export type Notices = Readonly<Record<Address, Notice>>;

/** Why it was changed. One that changes again before the other was told makes a new one. */
export interface Notice {
  readonly cause: Cause;
}

export interface ResourcesMemory {
  of(address: Address): Remembered;
  /** Those of which something is remembered. */
  addresses(): Iterable<Address>;
}

/** A memory that is changed. */
export interface Draft extends ResourcesMemory {
  /** What is undefined is remembered no longer. */
  change(address: Address, changes: Remembered): void;
}

const NOTHING: Remembered = {};

export function memoryOf(all: ReadonlyMap<Address, Remembered>): ResourcesMemory {
  return { of: (address) => all.get(address) ?? NOTHING, addresses: () => all.keys() };
}

/** How the names begin under which it lies among the memories of groups. They can be the names of no groups. */
const BEGINNING = "resources:";

/** What is to be written of one resource. */
export function memoryToWrite(address: Address, remembered: Remembered | undefined): NonNullable<Writes["memory"]> {
  const isNothing = remembered === undefined || Object.values(remembered).every((each) => each === undefined);
  // Plain data, and nothing in it that JSON does not carry: what is undefined is left out.
  return { [`${BEGINNING}${address}`]: isNothing ? null : (remembered as object as Json) };
}

/** As after a restart: nobody hears any more how what was under way ended. Throws `store.damaged`. */
export async function recallResources(
  store: Pick<Store, "memories">,
  stack: string,
  now: number,
): Promise<Map<Address, Remembered>> {
  const all = new Map<Address, Remembered>();
  for (const [name, value] of await store.memories(stack, BEGINNING)) {
    if (!isObject(value)) {
      throw new MusterError("store.damaged", { path: "", detail: `what is remembered of the resources of ${stack}` });
    }
    const remembered = value as object as Remembered;
    const { open } = remembered;
    const ended = open === undefined ? remembered : { ...remembered, open: { endedAt: now, ...open } };
    all.set(name.slice(BEGINNING.length), ended);
  }
  return all;
}
