import { setTimeout as sleep } from "node:timers/promises";
import { isObject, type Json } from "@muster/model";
import type { Engine } from "./engine/engine.ts";
import { jsonLines } from "./engine/json-lines.ts";

/** How long to wait before an engine that went away is asked again: at first, and at most, in milliseconds. */
const FIRST_MS = 100;
const LAST_MS = 10_000;

/** An end is told before the list shows it: whoever was woken then may have looked too early. */
const AFTER_END_MS = [300, 1_500];

/** What is heard of an engine's containers. */
export interface Heard {
  /** This one has changed; undefined: anything may have. */
  changed(id: string | undefined): void;
  /** It may be that something has changed. */
  wake(): void;
}

/** Follows the engine's events until the signal, through every end and return of the engine. */
export function follow(engine: Engine, heard: Heard, signal: AbortSignal): void {
  void followOn(engine, heard, signal);
}

async function followOn(engine: Engine, heard: Heard, signal: AbortSignal): Promise<void> {
  let pause = FIRST_MS;
  while (!signal.aborted) {
    const isOpen = await listen(engine, heard, signal);
    pause = isOpen ? FIRST_MS : Math.min(pause * 2, LAST_MS);
    if (isOpen && !signal.aborted) anythingMayHave(heard);
    // A hint is no reason to keep a process alive.
    await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

const PATH = `/events?filters=${encodeURIComponent(JSON.stringify({ type: ["container"] }))}`;

/** Listens until the stream ends, however it does. True when there was one. */
async function listen(engine: Engine, heard: Heard, signal: AbortSignal): Promise<boolean> {
  let isOpen = false;
  try {
    const answer = await engine.read({ method: "GET", path: PATH, signal, patienceMs: 0 });
    if (answer.kind === "refused") return false;
    isOpen = true;
    // What happened before can have been heard by nobody.
    anythingMayHave(heard);
    for await (const event of jsonLines(answer.value)) hear(event, heard, signal);
  } catch {
    // Why it broke off does not matter: a lost hint is harmless, because whoever watches also looks on a timer.
    return isOpen;
  }
  return isOpen;
}

function anythingMayHave(heard: Heard): void {
  heard.changed(undefined);
  heard.wake();
}

function hear(event: Json, heard: Heard, signal: AbortSignal): void {
  const { action, id } = wordsOf(event);
  // A health check is a command that is run inside, every few seconds.
  if (action.startsWith("exec_")) return;
  heard.changed(id);
  heard.wake();
  if (!ENDS.has(action)) return;
  for (const later of AFTER_END_MS) {
    const timer = setTimeout(() => {
      if (signal.aborted) return;
      heard.changed(id);
      heard.wake();
    }, later);
    timer.unref();
  }
}

/** As Docker says it, and as Podman does. */
const ENDS: ReadonlySet<string> = new Set(["die", "died"]);

function wordsOf(event: Json): { readonly action: string; readonly id: string | undefined } {
  if (!isObject(event)) return { action: "", id: undefined };
  const { Action: action, id } = event;
  return { action: typeof action === "string" ? action : "", id: typeof id === "string" ? id : undefined };
}
