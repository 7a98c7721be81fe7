/** What was so once and stays so, of things with a directory: that they have become ready. */
import { existsSync, writeFileSync } from "node:fs";

/** The file that says it. */
const LATCH = "ready";

export interface Latches {
  has(id: string, home: string): boolean;
  set(id: string, home: string): void;
  /** Forgets all but these. */
  keep(ids: ReadonlyMap<string, unknown>): void;
}

/** Kept on the disk too: the next Muster need not ask, and what told of it may be gone by then. */
export function latches(): Latches {
  let known = new Set<string>();
  return {
    has(id, home) {
      if (known.has(id)) return true;
      if (!existsSync(`${home}/${LATCH}`)) return false;
      known.add(id);
      return true;
    },
    set(id, home) {
      known.add(id);
      try {
        writeFileSync(`${home}/${LATCH}`, "", { mode: 0o600 });
      } catch {
        // No room, or no directory: it is asked again when Muster was restarted.
        return;
      }
    },
    keep(ids) {
      known = new Set([...known].filter((id) => ids.has(id)));
    },
  };
}
