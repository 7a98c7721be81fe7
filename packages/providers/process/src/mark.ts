/**
 * The mark of a process stands in the environment of its leader from the first moment, and everything that the leader
 * starts inherits it.
 */
import { isObject, type Json, type Tags } from "@muster/model";
import { ProviderError } from "@muster/plugin";

const MARK = "MUSTER_PROCESS";
/** The leader's number, in the environment of all that it starts: by its absence the leader itself is known. */
const LEADER = "MUSTER_LEADER";

/** In bytes. The system takes 128 KiB for one variable. */
const MOST = 65_536;

type Environment = Readonly<Record<string, string>>;

export interface Mark {
  readonly id: string;
  /** The state directory of whoever made it: what two Musters made is told apart by it. */
  readonly dir: string;
  readonly tags: Tags;
  /** The number of the leader; undefined on the leader itself. */
  readonly leader: number | undefined;
}

/** Throws `invalid` where the tags are too long to be borne. */
export function markVariables(id: string, dir: string, tags: Tags): Readonly<Record<string, string>> {
  const text = JSON.stringify({ v: 1, id, dir, tags });
  const bytes = Buffer.byteLength(text);
  if (bytes <= MOST) return { [MARK]: text };
  throw new ProviderError("invalid", `the tags of a process have at most ${MOST} bytes, and these have ${bytes}`);
}

/** The environment of what is started in a process later on: it bears the mark, and is not the leader. */
export function followerOf(leader: number, environment: Environment): Environment {
  return { ...environment, [LEADER]: String(leader) };
}

/** @param environment as /proc shows it: `NAME=value`, each followed by a zero byte. */
export function markIn(environment: string): Mark | undefined {
  const text = valueIn(environment, MARK);
  if (text === undefined) return undefined;
  const mark = parsed(text);
  if (!isObject(mark) || mark["v"] !== 1) return undefined;
  const { id, dir, tags } = mark;
  if (typeof id !== "string" || !isId(id) || typeof dir !== "string" || !isTags(tags)) return undefined;
  const leader = valueIn(environment, LEADER);
  return { id, dir, tags, leader: leader === undefined ? undefined : Number(leader) };
}

/** The variables of an environment as /proc shows it. */
export function variablesIn(environment: string): Readonly<Record<string, string>> {
  const lines = environment.split("\0").filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/** Ids are names of directories, and never a way out of the one that they are in. Their letter tells of which type they are. */
export function isId(text: string): boolean {
  return /^[a-z]-[0-9a-f]{12}$/.test(text);
}

export function isTags(value: Json | undefined): value is Tags {
  return value !== undefined && isObject(value) && Object.values(value).every((text) => typeof text === "string");
}

function valueIn(environment: string, name: string): string | undefined {
  const start = environment.startsWith(`${name}=`) ? 0 : environment.indexOf(`\0${name}=`) + 1;
  if (start === 0 && !environment.startsWith(`${name}=`)) return undefined;
  const end = environment.indexOf("\0", start);
  return environment.slice(start + name.length + 1, end < 0 ? undefined : end);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
