/** Whether a process is ready: asked once at a time, until it was so once. */
import { readFileSync } from "node:fs";
import { askReady, type Ready, tryMs } from "@muster/checks/probes";
import { latches } from "./latches.ts";
import { logFiles } from "./log-files.ts";
import { begin, endCommand, exitOfCommand, type Place } from "./running.ts";
import type { Sighting } from "./sightings.ts";

/** A look waits no longer for a try than this, in milliseconds. The try goes on. */
const PATIENCE_MS = 1_000;

export interface Readiness {
  /** Asks, and waits for the answer for a second at most. Once it is true it stays so. */
  isReady(sighting: Sighting): Promise<boolean>;
  /** Forgets all but these. */
  keep(ids: ReadonlyMap<string, unknown>): void;
}

/** @param placeOf where a command of readiness runs; undefined when the process is gone */
export function readiness(placeOf: (sighting: Sighting) => Place | undefined): Readiness {
  const ready = latches();
  const tries = new Map<string, Promise<boolean>>();

  async function attempt(sighting: Sighting, wanted: Ready): Promise<boolean> {
    try {
      const isSo = await probe(sighting, wanted, placeOf);
      if (isSo) ready.set(sighting.id, sighting.home);
      return isSo;
    } catch {
      // Its command cannot be run, or its log not be read, yet.
      return false;
    }
  }

  return {
    async isReady(sighting) {
      const wanted = sighting.properties.ready;
      if (wanted === undefined || ready.has(sighting.id, sighting.home)) return true;
      const current = tries.get(sighting.id) ?? attempt(sighting, wanted).finally(() => tries.delete(sighting.id));
      tries.set(sighting.id, current);
      return Promise.race([current, after(PATIENCE_MS)]);
    },
    keep: ready.keep,
  };
}

function after(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}

const NEVER = new AbortController().signal;

async function probe(
  sighting: Sighting,
  wanted: Ready,
  placeOf: (sighting: Sighting) => Place | undefined,
): Promise<boolean> {
  if ("log" in wanted) return hasPrinted(sighting.home, wanted.log);
  if (!("command" in wanted)) return (await askReady(wanted, tryMs(wanted), NEVER)).kind === "pass";
  const place = placeOf(sighting);
  return place !== undefined && succeeds(place, wanted.command, AbortSignal.timeout(tryMs(wanted)));
}

async function succeeds(place: Place, command: readonly string[], signal: AbortSignal): Promise<boolean> {
  const [program = "", ...args] = command;
  const child = begin(place, [program, ...args], false);
  const end = () => endCommand(child);
  signal.addEventListener("abort", end, { once: true });
  const exit = await exitOfCommand(child);
  signal.removeEventListener("abort", end);
  return exit.kind === "exited" && exit.code === 0;
}

function hasPrinted(home: string, text: string): boolean {
  return logFiles(home).some(({ path }) => readFileSync(path).includes(text));
}
