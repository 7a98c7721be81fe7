import { mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { type Attributes, changeAttributes } from "./attributes.ts";
import { assertDirectory, kindOf, statsAt } from "./kind.ts";
import { sweepTemporary } from "./temporary.ts";

/** Where it cannot be as wanted it is not made. Until it is, it is open to nobody else. */
export function makeNewDirectory(path: string, wanted: Attributes, held: boolean): void {
  mkdirSync(path, wanted.mode === undefined ? 0o755 : 0o700);
  try {
    changeAttributes(path, wanted, held, assertDirectory);
  } catch (thrown) {
    rmdirSync(path);
    throw thrown;
  }
}

/** One that is gone is done. What is in a directory is never destroyed with it. */
export function removeEmptyDirectory(path: string): void {
  const stats = statsAt(path);
  if (stats === undefined) return;
  if (!stats.isDirectory()) throw new ProviderError("conflict", `there is ${kindOf(stats)}, which is left alone`);
  if (removed(path)) return;
  // What writers left half-written is nobody's.
  sweepTemporary(path);
  if (removed(path)) return;
  const count = readdirSync(path).length;
  throw new ProviderError(
    "conflict",
    `it is not empty (${count} ${count === 1 ? "entry" : "entries"}), and is left alone`,
  );
}

/** False where something is in it. */
function removed(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw thrown;
  }
}
