/** Hints that a guest has ended though its machine stands: what QEMU tells goes into a file of each. */
import { type FSWatcher, watch } from "node:fs";
import type { Sighting } from "@muster/provider-process";
import { EVENTS_FILE } from "./qemu/files.ts";

export interface Ears {
  /** Listens to all of these that live, and to nobody else. */
  keep(sightings: ReadonlyMap<string, Sighting>): void;
  close(): void;
}

export function earsAt(wake: () => void): Ears {
  const ears = new Map<string, FSWatcher>();

  const forget = (id: string): void => {
    ears.get(id)?.close();
    ears.delete(id);
  };

  return {
    keep(sightings) {
      for (const id of ears.keys()) if (sightings.get(id)?.life.kind !== "lives") forget(id);
      for (const { id, home, life } of sightings.values()) {
        if (life.kind !== "lives" || ears.has(id)) continue;
        const ear = listening(`${home}/${EVENTS_FILE}`);
        if (ear === undefined) continue;
        ears.set(id, ear);
        ear.on("error", () => forget(id));
        ear.on("change", (event) => {
          // A machine that is taken back to a snapshot begins another file in the place of this one.
          if (event === "rename") forget(id);
          wake();
        });
      }
    },
    close() {
      for (const id of ears.keys()) forget(id);
    },
  };
}

/** A hint is no reason to keep Muster alive. */
function listening(path: string): FSWatcher | undefined {
  try {
    return watch(path, { persistent: false });
  } catch {
    // Its directory was removed, or the system is out of watches: a look finds it all the same.
    return undefined;
  }
}
