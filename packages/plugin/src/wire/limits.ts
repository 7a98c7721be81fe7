/** The largest request and the largest answer that is taken in, in bytes. */
export const MAX_REQUEST = 8 * 1024 * 1024;
export const MAX_ANSWER = 8 * 1024 * 1024;

/** The characters an id has at most. It stands in the store, in events and on terminals. */
export const MAX_ID = 512;

/** Where a page of a list ends: well below the largest answer. */
export const PAGE_ITEMS = 500;
export const PAGE_BYTES = 1024 * 1024;

/** How long an answer is waited for, in milliseconds. A long call is not a hang: whether a plugin hangs, a probe tells. */
export interface Deadlines {
  /** The handshake and the probe. */
  readonly probe: number;
  /** What only asks: validate, list, read, health. */
  readonly ask: number;
  /** What acts: create, update, destroy, prepare, started, drain. */
  readonly act: number;
}

export const DEADLINES: Deadlines = { probe: 3_000, ask: 60_000, act: 600_000 };
