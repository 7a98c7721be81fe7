/**
 * Whether a guest is ready: asked beside all looks, again and again, until it was so once. QEMU takes a connection before
 * there is a guest, and one that was taken too early may never be answered: so the next try does not wait for the one before
 * it, and none is waited for long. Those that are given up let the next take longer: a slow guest is waited for as well.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { askReady, tryMs } from "@muster/checks/probes";
import { latches, type Sighting } from "@muster/provider-process";
import type { VmProperties } from "./properties.ts";
import { portsOf } from "./properties.ts";
import { takes } from "./ready-tcp.ts";

/** So many tries at once: each costs its guest a connection. */
const MOST_TRIES = 4;
/** The first try may take so long, and each that was not answered in time lets the next take longer. Milliseconds. */
const FIRST_TRY_MS = 20;
const MORE_PATIENCE = 1.5;
/** How long a look without a watcher waits for the answer. */
const PATIENCE_MS = 1_000;
/** Between the beginnings of two tries; then more and more. */
const FIRST_REST_MS = 4;
const MORE_REST = 1.2;
const LONGEST_REST_MS = 500;

/** Whoever is not ready by then is looked at now and then all the same, in milliseconds. */
const EXPECTED_MS = 1_000;

export interface Readiness {
  /**
   * Says what is known, and begins to ask where nobody does; where nobody watches, it waits for the answer, for a second at
   * most. True too where nothing is asked for. Once it is true it stays so.
   */
  isReady(sighting: Sighting, properties: Partial<VmProperties>): Promise<boolean>;
  /** True in the first second of asking: the answer is expected any moment, and no look is needed to hear it. */
  expects(id: string): boolean;
  /** Forgets all but these, and asks nobody any more who does not live. */
  keep(sightings: ReadonlyMap<string, Sighting>): void;
  /** Asks nobody any more. */
  close(): void;
}

/**
 * @param isWatched whether somebody waits for hints
 * @param wake called when one has become ready
 */
export function readiness(isWatched: () => boolean, wake: () => void): Readiness {
  const ready = latches();
  const asked = new Map<string, { readonly over: AbortController; readonly since: number }>();

  function forget(id: string): void {
    asked.get(id)?.over.abort();
    asked.delete(id);
  }

  async function askBeside(id: string, home: string, question: Question): Promise<void> {
    const over = new AbortController();
    asked.set(id, { over, since: performance.now() });
    const isSo = await ask(question, over.signal);
    if (asked.get(id)?.over === over) asked.delete(id);
    if (!isSo) return;
    ready.set(id, home);
    wake();
  }

  return {
    async isReady({ id, home }, properties) {
      const question = questionIn(home, properties);
      if (question === undefined || ready.has(id, home)) return true;
      if (isWatched()) {
        if (!asked.has(id)) void askBeside(id, home, question);
        return false;
      }
      const isSo = await ask(question, AbortSignal.timeout(PATIENCE_MS));
      if (isSo) ready.set(id, home);
      return isSo;
    },
    expects(id) {
      const since = asked.get(id)?.since;
      return since !== undefined && performance.now() - since < EXPECTED_MS;
    },
    keep(sightings) {
      ready.keep(sightings);
      for (const id of asked.keys()) if (sightings.get(id)?.life.kind !== "lives") forget(id);
    },
    close() {
      for (const id of asked.keys()) forget(id);
    },
  };
}

interface Question {
  /** What one try may take at the most, in milliseconds. */
  readonly longestMs: number;
  /** One try. Throws where nobody answers. */
  put(signal: AbortSignal): Promise<boolean>;
}

/** Undefined where nothing is asked of the guest itself. What its console says is for its process to tell. */
function questionIn(home: string, properties: Partial<VmProperties>): Question | undefined {
  const { ready } = properties;
  if (ready === undefined || "console" in ready) return undefined;
  const guest = "http" in ready ? ready.http.port : ready.tcp.port;
  const way = portsOf(properties).find((port) => port.guest === guest);
  if (way === undefined) return undefined;
  const longestMs = tryMs(ready);
  if ("tcp" in ready) return { longestMs, put: (signal) => takes(home, way, signal) };
  const http = { ...ready.http, port: way.host };
  return { longestMs, put: async (signal) => (await askReady({ http }, longestMs, signal)).kind === "pass" };
}

/** @returns false when it was told to end */
async function ask({ longestMs, put }: Question, signal: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  const end = AbortSignal.any([signal, over.signal]);
  let patienceMs = Math.min(FIRST_TRY_MS, longestMs);
  let restMs = FIRST_REST_MS;
  let isSo = false;
  const tries = new Set<Promise<void>>();

  async function attempt(): Promise<void> {
    const late = AbortSignal.timeout(Math.ceil(patienceMs));
    // Whoever cannot be asked does not answer yet.
    if (await put(AbortSignal.any([end, late])).catch(() => false)) {
      isSo = true;
      over.abort();
    } else if (late.aborted) {
      patienceMs = Math.min(longestMs, patienceMs * MORE_PATIENCE);
    }
  }

  while (!end.aborted) {
    const one = attempt().finally(() => tries.delete(one));
    tries.add(one);
    if (tries.size >= MOST_TRIES) await Promise.race(tries);
    await sleep(restMs, undefined, { ref: false, signal: end }).catch(() => undefined);
    restMs = Math.min(LONGEST_REST_MS, restMs * MORE_REST);
  }
  await Promise.all(tries);
  return isSo;
}
