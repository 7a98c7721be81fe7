/** What QEMU has told of a machine in its file of events, whether or not anybody was listening. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { isObject, type Json, systemCodeOf } from "@muster/model";
import { EVENTS_FILE } from "./files.ts";

/** What all its events together say. */
export interface Told {
  /** It has set the machine up, and answered. */
  readonly hasBegun: boolean;
  /** Its guest has run: one that begins anew to be taken back to a snapshot holds nothing until then. */
  readonly hasRun: boolean;
  readonly isPaused: boolean;
  /** The guest has said that it can go on no more. */
  readonly hasPanicked: boolean;
  /** Why the machine was switched off, in QEMU's word (`guest-reset`, `host-signal`); undefined where it was not. */
  readonly shutdown: string | undefined;
}

export const NOTHING_TOLD: Told = {
  hasBegun: false,
  hasRun: false,
  isPaused: false,
  hasPanicked: false,
  shutdown: undefined,
};

/** What is known after one more line. One that is not understood says nothing. */
export function withLine(told: Told, line: string): Told {
  const said = parsed(line);
  if (said === undefined || !isObject(said)) return told;
  if (said["return"] !== undefined) return { ...told, hasBegun: true };
  switch (said["event"]) {
    case "STOP":
      return { ...told, isPaused: true };
    case "RESUME":
      return { ...told, hasRun: true, isPaused: false };
    case "GUEST_PANICKED":
      return { ...told, hasPanicked: true };
    case "SHUTDOWN": {
      const { data } = said;
      const reason = data !== undefined && isObject(data) ? data["reason"] : undefined;
      return { ...told, shutdown: typeof reason === "string" ? reason : "unknown" };
    }
    default:
      return told;
  }
}

function parsed(line: string): Json | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

interface Heard {
  readonly ino: number;
  /** Bytes that were read. */
  readonly at: number;
  /** The beginning of a line whose end was not there yet. */
  readonly begun: string;
  readonly told: Told;
}

const CHUNK = 65_536;

/** Reads what is new in the files of many machines. */
export function listener() {
  let known = new Map<string, Heard>();

  return {
    /** What was heard of one until now. */
    told: (id: string): Told => known.get(id)?.told ?? NOTHING_TOLD,
    /**
     * What it has told, with what is new; undefined where its directory was removed under it, and nothing can be told any more.
     *
     * @param home the directory of the machine
     */
    hear(id: string, home: string): Told | undefined {
      const heard = hear(`${home}/${EVENTS_FILE}`, known.get(id));
      if (heard === undefined) known.delete(id);
      else known.set(id, heard);
      return heard?.told;
    },
    /** Forgets all but these. */
    keep(ids: ReadonlyMap<string, unknown>): void {
      known = new Map([...known].filter(([id]) => ids.has(id)));
    },
  };
}

function hear(path: string, before: Heard | undefined): Heard | undefined {
  const file = opened(path);
  if (file === undefined) return undefined;
  try {
    const { ino, size } = fstatSync(file);
    let heard = before?.ino === ino && before.at <= size ? before : { ino, at: 0, begun: "", told: NOTHING_TOLD };
    while (heard.at < size) {
      const chunk = Buffer.alloc(Math.min(CHUNK, size - heard.at));
      const count = readSync(file, chunk, 0, chunk.length, heard.at);
      if (count === 0) break;
      // Where nothing is written yet there are zeros.
      const blank = chunk.subarray(0, count).indexOf(0);
      const written = blank === -1 ? count : blank;
      const lines = (heard.begun + chunk.toString("latin1", 0, written)).split("\n");
      const begun = lines.pop() ?? "";
      heard = { ino, at: heard.at + written, begun: begun.slice(0, CHUNK), told: lines.reduce(withLine, heard.told) };
      if (written < count) break;
    }
    return heard;
  } finally {
    closeSync(file);
  }
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (thrown) {
    // Its directory was removed under it: of that machine only its process is left to tell.
    if (systemCodeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}
