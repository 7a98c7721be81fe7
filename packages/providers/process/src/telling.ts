/** A sighting as a person, and the engine, is told of it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Observed } from "@muster/model";
import type { Exit } from "@muster/plugin";
import { endText } from "./ends.ts";
import { areHalted } from "./halting.ts";
import { isComplete, lastLine } from "./log-files.ts";
import type { MemoryLimits } from "./memory.ts";
import type { ProcessProperties } from "./properties.ts";
import type { Readiness } from "./ready.ts";
import type { Sighting } from "./sightings.ts";

const LEADERLESS = "its leader was killed: how it ends will not be known";
const LOST = "it lives no more, and nobody has told how it ended: its leader was killed, or the machine went down";

/** How long the end of a log is waited for, in milliseconds, and how often it is asked about. */
const WRITTEN_WITHIN_MS = 100;
const REST_MS = 2;

export interface Teller {
  tell(sighting: Sighting): Promise<Observed<ProcessProperties>>;
  /** True while one that was told of is starting. */
  startsOne(): boolean;
  /** Forgets all but these. */
  keep(ids: ReadonlyMap<string, unknown>): void;
}

export function teller(memory: MemoryLimits, ready: Readiness, isEnding: (id: string) => boolean): Teller {
  let ends = new Map<string, string>();
  let starting = new Set<string>();

  async function endOf({ id, home, properties }: Sighting, exit: Exit): Promise<string> {
    const known = ends.get(id);
    if (known !== undefined) return known;
    await written(home);
    const usedUp = memory.wasUsedUp(id) ? properties.limits?.memory : undefined;
    const text = endText({ exit, usedUp, line: lastLine(home) });
    ends.set(id, text);
    return text;
  }

  async function stateOf(sighting: Sighting): Promise<Pick<Observed, "phase" | "reason">> {
    const { id, life } = sighting;
    if (isEnding(id)) return { phase: "ending" };
    switch (life.kind) {
      case "ended":
        return { phase: "ended", reason: await endOf(sighting, life.exit) };
      case "lost":
        return { phase: "ended", reason: LOST };
      case "lives":
        if (life.family.leader === undefined) return { phase: "running", reason: LEADERLESS };
        return (await ready.isReady(sighting))
          ? { phase: "running" }
          : { phase: "starting", reason: "it is not ready yet" };
    }
  }

  /** One that is being ended is no longer told so: it is let go on in order to hear it. */
  function pauseOf({ id, life }: Sighting): string | undefined {
    return life.kind === "lives" && !isEnding(id) && areHalted(life.family.members) ? "it is paused" : undefined;
  }

  return {
    async tell(sighting) {
      const { id, tags, properties, since, blemish } = sighting;
      const state = await stateOf(sighting);
      if (state.phase === "starting") starting.add(id);
      else starting.delete(id);
      const reason = [state.reason, pauseOf(sighting), blemish].filter((each) => each !== undefined).join("; ");
      return { id, tags, phase: state.phase, properties, since, ...(reason === "" ? {} : { reason }) };
    },
    startsOne: () => starting.size > 0,
    keep(ids) {
      starting = new Set([...starting].filter((id) => ids.has(id)));
      ends = new Map([...ends].filter(([id]) => ids.has(id)));
      ready.keep(ids);
    },
  };
}

/** Waits for what it printed last: it may be on its way to the disk. Others that it left behind may hold the log open for ever. */
export async function written(home: string): Promise<void> {
  for (let waited = 0; waited < WRITTEN_WITHIN_MS && !isComplete(home); waited += REST_MS) await sleep(REST_MS);
}
