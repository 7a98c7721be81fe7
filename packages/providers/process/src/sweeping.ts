/** What a Muster that died in the middle of something has left behind. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { endsIn, removeEnd } from "./ends.ts";
import { attempt, ifThere } from "./failure.ts";
import { homeIn, removeHome } from "./home.ts";
import { isId } from "./mark.ts";
import type { MemoryLimits } from "./memory.ts";

/** Another Muster may be about to start something in a directory that is younger than this. Milliseconds. */
const YOUNG_MS = 60_000;

/** Removes directories that were on their way out, and ends of what has no directory any more. */
export function sweepAside(dir: string): void {
  attempt(dir, () => {
    const names = new Set(readdirSync(dir));
    for (const name of names) {
      if (name.startsWith(".") && isId(name.slice(1))) rmSync(`${dir}/${name}`, { recursive: true, force: true });
    }
    for (const id of endsIn(dir).keys()) if (!names.has(id)) removeEnd(dir, id);
  });
}

/** Removes the directories of creates that never came to be. */
export function sweepStillborn(dir: string, ids: readonly string[], memory: MemoryLimits, now: number): void {
  for (const id of ids) {
    const made = ifThere(() => statSync(homeIn(dir, id)).ctimeMs);
    if (made === undefined || now - made < YOUNG_MS) continue;
    memory.remove(id);
    removeHome(dir, id);
  }
}
