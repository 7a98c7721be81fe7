import { readdirSync, unlinkSync } from "node:fs";
import { systemCodeOf } from "@muster/model";
import type { Io } from "@muster/plugin";

/** Files are written whole under such a name and then given their own; a list passes over names with a dot. */
const TEMPORARY = /^\.muster-(\d{1,10})-\d{1,20}\.tmp$/;

export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** @param number one that no other writer uses now: a random one. */
export function temporaryName(number: string): string {
  return `.muster-${process.pid}-${number}.tmp`;
}

/** Numbers of 63 random bits, in decimal. Bytes are asked for by the kilobyte: to ask costs more than to write a file. */
export function randomNumbers(io: Io): () => string {
  let bytes: DataView = new DataView(new ArrayBuffer(0));
  let at = 0;
  return () => {
    if (at === bytes.byteLength) {
      const fresh = io.randomBytes(1024);
      bytes = new DataView(fresh.buffer, fresh.byteOffset, fresh.byteLength);
      at = 0;
    }
    const bits = bytes.getBigUint64(at);
    at += 8;
    return BigInt.asUintN(63, bits).toString();
  };
}

/**
 * Removes what writers that died in the middle left in a directory. The temporary files of living ones stay. Those with
 * this process's own number are of an earlier process too: this one writes its files in one go.
 */
export function sweepTemporary(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid === undefined || isAnothers(Number(pid))) continue;
    discard(`${directory}/${name}`);
  }
}

/** Removes a file; one that is gone is done. */
export function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "ENOENT") throw thrown;
  }
}

function isAnothers(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return systemCodeOf(thrown) !== "ESRCH";
  }
}
