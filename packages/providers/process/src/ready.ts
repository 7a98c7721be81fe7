/** Whether a process is ready: asked once at a time, until it was so once. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { durationOf } from "@muster/model";
import { logFiles } from "./log-files.ts";
import type { Ready } from "./properties.ts";
import { begin, endCommand, exitOfCommand, type Place } from "./running.ts";
import type { Sighting } from "./sightings.ts";

/** A look waits no longer for a try than this, in milliseconds. The try goes on. */
const PATIENCE_MS = 1_000;
const TRY_MS = 1_000;

export interface Readiness {
  /** Asks, and waits for the answer for a second at most. Once it is true it stays so. */
  isReady(sighting: Sighting): Promise<boolean>;
  /** Forgets all but these. */
  keep(ids: ReadonlyMap<string, unknown>): void;
}

/** @param placeOf where a command of readiness runs; undefined when the process is gone */
export function readiness(placeOf: (sighting: Sighting) => Place | undefined): Readiness {
  let ready = new Set<string>();
  const tries = new Map<string, Promise<boolean>>();

  /** Kept on the disk too: the line in its log that told of it may be gone when the next Muster asks. */
  const latch = ({ id, home }: Sighting): void => {
    ready.add(id);
    try {
      writeFileSync(`${home}/ready`, "", { mode: 0o600 });
    } catch {
      // No room, or no directory: it is asked again when Muster was restarted.
      return;
    }
  };

  async function attempt(sighting: Sighting, wanted: Ready): Promise<boolean> {
    try {
      const isSo = await probe(sighting, wanted, placeOf);
      if (isSo) latch(sighting);
      return isSo;
    } catch {
      // Nobody answers yet.
      return false;
    }
  }

  return {
    async isReady(sighting) {
      const wanted = sighting.properties.ready;
      if (wanted === undefined || ready.has(sighting.id)) return true;
      if (existsSync(`${sighting.home}/ready`)) {
        ready.add(sighting.id);
        return true;
      }
      const current = tries.get(sighting.id) ?? attempt(sighting, wanted).finally(() => tries.delete(sighting.id));
      tries.set(sighting.id, current);
      return Promise.race([current, after(PATIENCE_MS)]);
    },
    keep(ids) {
      ready = new Set([...ready].filter((id) => ids.has(id)));
    },
  };
}

function after(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}

function probe(
  sighting: Sighting,
  wanted: Ready,
  placeOf: (sighting: Sighting) => Place | undefined,
): Promise<boolean> {
  const within = AbortSignal.timeout(durationOf(wanted.timeout ?? "") ?? TRY_MS);
  if ("http" in wanted) return answers(wanted.http, within);
  if ("tcp" in wanted) return connects(wanted.tcp, within);
  if ("log" in wanted) return Promise.resolve(hasPrinted(sighting.home, wanted.log));
  const place = placeOf(sighting);
  return place === undefined ? Promise.resolve(false) : succeeds(place, wanted.command, within);
}

async function answers(
  { url, status }: { url: string; status?: number | undefined },
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await fetch(url, { signal, redirect: "manual" });
  await answer.body?.cancel();
  return status === undefined ? answer.status >= 200 && answer.status < 400 : answer.status === status;
}

function connects(
  { port, host = "127.0.0.1" }: { port: number | string; host?: string | undefined },
  signal: AbortSignal,
) {
  return new Promise<boolean>((resolve) => {
    const socket = connect({ port: Number(port), host, signal });
    const tell = (isSo: boolean) => {
      socket.destroy();
      resolve(isSo);
    };
    socket.on("connect", () => tell(true)).on("error", () => tell(false));
  });
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
