/** Hints that a guest has ended though its machine stands: what QEMU tells goes into a file of each. */
import { type FSWatcher, watch } from "node:fs";
import type { Sighting } from "@muster/provider-process";
import { EVENTS_FILE } from "./qemu/files.ts";

export interface Ears {
  /** Listens to all of these that live, and to nobody else. */
  keep(sightings: ReadonlyMap<string, Sighting>): void;
  close(): void;
}

/**
 * @param heard called with the one that has told something, as it was when it was kept, and whether it has begun a new file:
 *   then nobody listens to it until the next `keep`
 */
export function earsAt(heard: (sighting: Sighting, hasBegunAnew: boolean) => void): Ears {
  const ears = new Map<string, FSWatcher>();

  const forget = (id: string): void => {
    ears.get(id)?.close();
    ears.delete(id);
  };

  return {
    keep(sightings) {
      for (const id of ears.keys()) if (sightings.get(id)?.life.kind !== "lives") forget(id);
      for (const sighting of sightings.values()) {
        const { id, home, life } = sighting;
        if (life.kind !== "lives" || ears.has(id)) continue;
        const ear = listening(`${home}/${EVENTS_FILE}`, (event) => {
          // Another file has its name now: one that is taken back to a snapshot begins a new one.
          const hasBegunAnew = event === "rename";
          if (hasBegunAnew) forget(id);
          heard(sighting, hasBegunAnew);
        });
        if (ear === undefined) continue;
        ears.set(id, ear);
        ear.on("error", () => forget(id));
      }
    },
    close() {
      for (const id of ears.keys()) forget(id);
    },
  };
}

/** A hint is no reason to keep Muster alive. */
function listening(path: string, heard: (event: string) => void): FSWatcher | undefined {
  try {
    return watch(path, { persistent: false }, heard);
  } catch {
    // Its directory was removed, or the system is out of watches: a look finds it all the same.
    return undefined;
  }
}
