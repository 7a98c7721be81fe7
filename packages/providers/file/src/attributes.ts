/** Mode, owner and group: what files and directories alike have, and what is changed on the living thing. */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  type Stats,
} from "node:fs";
import type { Owners } from "./accounts.ts";
import type { AttributeProperties } from "./attribute-properties.ts";

/** What is missing is left as it is. */
export interface Attributes {
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** Throws `invalid` where there is no such account. */
export function attributesOf(want: AttributeProperties, { users, groups }: Owners): Attributes {
  return {
    mode: want.mode === undefined ? undefined : Number.parseInt(want.mode, 8),
    uid: want.owner === undefined ? undefined : users.idOf(want.owner),
    gid: want.group === undefined ? undefined : groups.idOf(want.group),
  };
}

export function shownAttributes(stats: Stats, { users, groups }: Owners): Required<AttributeProperties> {
  return {
    mode: permissionsOf(stats).toString(8).padStart(4, "0"),
    owner: users.nameOf(stats.uid),
    group: groups.nameOf(stats.gid),
  };
}

export function permissionsOf(stats: Stats): number {
  return stats.mode & 0o7777;
}

/** What is known of something by its own id, since when: some file systems do not keep when a thing was made. */
export function sinceOf(stats: Stats): number {
  return Math.floor(stats.birthtimeMs || stats.mtimeMs);
}

/** Sets them on an open file. */
export function setOnFile(file: number, { mode, uid, gid }: Attributes): void {
  if (uid !== undefined || gid !== undefined) fchownSync(file, uid ?? AS_IT_IS, gid ?? AS_IT_IS);
  // After the owner: a change of owner may take bits away.
  if (mode !== undefined) fchmodSync(file, mode);
}

const AS_IT_IS = -1;

/** Node has no name for it. */
const O_PATH = 0o10000000;

/**
 * Sets what differs on what stands at a path, also where it may not be read. No link is followed.
 *
 * @param held it is held and named through /proc; where there is none, it must be one that may be read
 * @param assert throws where it is not what it should be
 */
export function changeAttributes(
  path: string,
  wanted: Attributes,
  held: boolean,
  assert: (stats: Stats) => void,
): void {
  const flags = held ? O_PATH | constants.O_NOFOLLOW : constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = openSync(path, flags);
  try {
    const stats = fstatSync(file);
    assert(stats);
    const differing = differingFrom(stats, wanted);
    if (held) setOnPath(`/proc/self/fd/${file}`, differing);
    else setOnFile(file, differing);
  } finally {
    closeSync(file);
  }
}

function setOnPath(path: string, { mode, uid, gid }: Attributes): void {
  if (uid !== undefined || gid !== undefined) chownSync(path, uid ?? AS_IT_IS, gid ?? AS_IT_IS);
  if (mode !== undefined) chmodSync(path, mode);
}

function differingFrom(stats: Stats, { mode, uid, gid }: Attributes): Attributes {
  const owner = uid === stats.uid ? undefined : uid;
  const group = gid === stats.gid ? undefined : gid;
  const isGivenAway = owner !== undefined || group !== undefined;
  const all = mode ?? permissionsOf(stats);
  return { uid: owner, gid: group, mode: isGivenAway || all !== permissionsOf(stats) ? all : undefined };
}
