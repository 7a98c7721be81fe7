import { MusterError, messageOf, systemCodeOf } from "@muster/model";
import { Damage } from "./rows.ts";

/** SQLite's primary result codes: the low byte of `errcode` (sqlite.org/rescode.html). */
const BUSY = 5;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;
/** The file that shares the index of the write-ahead log could not grow: the disk is full before SQLite says so. */
const SHARED_INDEX_SIZE = 4874;

/** Whatever SQLite or the file system threw, as an error a person can see. What neither of them threw is ours. */
export function storeError(path: string, thrown: unknown): MusterError {
  if (thrown instanceof MusterError) return thrown;
  const options = { cause: thrown };
  if (isFull(thrown)) return new MusterError("store.full", { path }, options);
  const detail = messageOf(thrown);
  if (thrown instanceof Damage) return new MusterError("store.damaged", { path, detail }, options);
  if (systemCodeOf(thrown) === undefined) return new MusterError("internal", { detail }, options);
  switch (primaryCode(thrown)) {
    case NOT_A_DATABASE:
    case CORRUPT:
      return new MusterError("store.not-a-store", { path, detail }, options);
    case BUSY:
      return new MusterError("store.failed", { path, detail: "another process keeps it locked" }, options);
    default:
      return new MusterError("store.failed", { path, detail }, options);
  }
}

export function isBusy(thrown: unknown): boolean {
  return primaryCode(thrown) === BUSY;
}

function isFull(thrown: unknown): boolean {
  if (primaryCode(thrown) === FULL || extendedCode(thrown) === SHARED_INDEX_SIZE) return true;
  const code = systemCodeOf(thrown);
  return code === "ENOSPC" || code === "EDQUOT";
}

function primaryCode(thrown: unknown): number {
  return extendedCode(thrown) & 0xff;
}

function extendedCode(thrown: unknown): number {
  return thrown instanceof Error && "errcode" in thrown ? Number(thrown.errcode) : 0;
}
