/** The largest request and the largest answer that is taken in, in bytes. */
export const MAX_REQUEST = 8 * 1024 * 1024;
export const MAX_ANSWER = 8 * 1024 * 1024;

/** The characters an id has at most. It stands in the store, in events and on terminals. */
export const MAX_ID = 512;

/** Where a page of a list ends: well below the largest answer. */
export const PAGE_ITEMS = 500;
export const PAGE_BYTES = 1024 * 1024;

/** The words of a command, and the lines of a log that may be asked for, at most. */
export const MAX_WORDS = 1024;
export const MAX_LINES = 1_000_000;

/** So much of what a command prints travels in one frame, in bytes; and a frame is a line of at most so many characters. */
export const FRAME_BYTES = 64 * 1024;
export const MAX_FRAME = 256 * 1024;

/** A stream that has nothing to tell yet is begun after so many milliseconds: whoever asked knows that it was heard. */
export const QUIET = 1_000;

/** A tool may work for so long before it gives anything, in milliseconds: what it fails with until then is told in its words. */
export const TOOL_QUIET = 30_000;

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
