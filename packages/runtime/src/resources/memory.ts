/** What a stack remembers of its resources. It grows with what is going on, and with the things whose names tell nothing. */
import { type Address, type Cause, isObject, type Json, MusterError } from "@muster/model";

/** Where it lies among the memories of groups. It can be the name of no group. */
export const RESOURCES_MEMORY = "resources:";

export interface ResourcesMemory {
  /** Declared otherwise than when they were last as declared, or never so yet; and in which generation. */
  readonly pending: Readonly<Record<Address, number>>;
  /** Creates of which no look has shown yet what came of them. */
  readonly open: Readonly<Record<Address, OpenCreate>>;
  /** Things that bear marks, as this Muster has made them: another one may have made one of the same mark. */
  readonly made: Readonly<Record<Address, MadeThing>>;
  /** Who is still to be told of whose change, by who is told and then by who has changed. */
  readonly told: Readonly<Record<Address, Notices>>;
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

export const NOTHING_REMEMBERED: ResourcesMemory = { pending: {}, open: {}, made: {}, told: {} };

/** Throws `store.damaged`. */
export function resourcesMemoryFrom(value: Json | undefined, stack: string): ResourcesMemory {
  if (value === undefined) return NOTHING_REMEMBERED;
  if (isObject(value) && Object.keys(NOTHING_REMEMBERED).every((key) => isObject(value[key]))) {
    return value as unknown as ResourcesMemory;
  }
  throw new MusterError("store.damaged", { path: "", detail: `what is remembered of the resources of ${stack}` });
}

export function memoryJson(memory: ResourcesMemory): Json {
  return memory as unknown as Json;
}

/** As after a restart: nobody hears any more how what was under way ended. */
export function recalled(memory: ResourcesMemory, now: number): ResourcesMemory {
  const open = Object.entries(memory.open).map(([address, each]) => [address, { endedAt: now, ...each }] as const);
  return { ...memory, open: Object.fromEntries(open) };
}

export function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!Object.hasOwn(record, key)) return record;
  const { [key]: _, ...others } = record;
  return others;
}

/** Of many at once. */
export function withoutAll<T>(
  record: Readonly<Record<string, T>>,
  isGone: (key: string, value: T) => boolean,
): Readonly<Record<string, T>> {
  const left = Object.entries(record).filter(([key, value]) => !isGone(key, value));
  return left.length === Object.keys(record).length ? record : Object.fromEntries(left);
}
