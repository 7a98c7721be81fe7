import { setTimeout as sleep } from "node:timers/promises";
import { ProviderError } from "@muster/plugin";
import { ANYTHING, type Engine } from "./engine/engine.ts";
import { refused } from "./failure.ts";

/** A container may take its time to end, in milliseconds; Muster itself waits no longer for any call. */
const STOP_MS = 600_000;
/** So often it is asked whether somebody else's removal has ended. */
const ASK_AGAIN_MS = 100;
const REMOVAL_MS = 60_000;

/** Asks it to end, in its own way and for as long as it is given; then it is killed, and removed with its own volumes. */
export async function destroy(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  const stop = { method: "POST", path: `/containers/${id}/stop`, signal, patienceMs: STOP_MS } as const;
  const stopped = await engine.ask(stop, ANYTHING);
  if (stopped.kind === "refused" && stopped.status === 404) return;
  // Whoever cannot be stopped, because it is paused for example, is killed all the same.
  const path = `/containers/${id}?force=1&v=1`;
  const removed = await engine.ask({ method: "DELETE", path, signal }, ANYTHING);
  if (removed.kind === "answered" || removed.status === 404) return;
  if (removed.status !== 409) throw refused(`container ${id.slice(0, 12)} cannot be removed`, removed);
  await gone(engine, id, signal);
}

/** Somebody else removes it just now. */
async function gone(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  const path = `/containers/${id}/json`;
  for (let waited = 0; waited < REMOVAL_MS; waited += ASK_AGAIN_MS) {
    const answer = await engine.ask({ method: "GET", path, signal }, ANYTHING);
    if (answer.kind === "refused" && answer.status === 404) return;
    await sleep(ASK_AGAIN_MS);
  }
  throw new ProviderError("retryable", `container ${id.slice(0, 12)} is being removed, and still there`);
}
