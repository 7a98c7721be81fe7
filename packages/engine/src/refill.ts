import { slotCount } from "@muster/model";
import { type Census, headCount } from "./census.ts";
import type { DeclaredGroup } from "./declared.ts";
import type { Backoff } from "./memory.ts";
import { type Held, NOTHING, type Scene, type Step, type Wish } from "./step.ts";

/** Makes what is missing: never above size + maxSurge, and carefully after a failure. */
export function refill(scene: Scene): Step {
  const { declared, census, memory, now } = scene;
  const room = slotCount(declared.slots) + declared.rollout.maxSurge - headCount(census);
  const slots = emptySlots(declared, census).slice(0, Math.max(0, room));
  if (slots.length === 0) return NOTHING;
  const backoff = memory.creating;
  if (backoff === null) return { wishes: slots.map(toCreate) };
  const held = createFailed(backoff);
  if (now < backoff.until) return { wishes: [], held, wakeAt: backoff.until };
  // One attempt tells whether the cause is gone; a thousand would be a storm.
  const attempt = census.pending.length === 0 ? slots.slice(0, 1) : [];
  return { wishes: attempt.map(toCreate), held };
}

export function createFailed({ attempts, reason }: Backoff): Held {
  return {
    reason: "CreateFailed",
    message: `creating failed ${attempts === 1 ? "once" : `${attempts} times`}: ${reason}`,
  };
}

function toCreate(slot: string): Wish {
  return { kind: "create", slot, why: "missing" };
}

/** The declared places that nobody fills or is about to fill. */
function emptySlots(declared: DeclaredGroup, census: Census): readonly string[] {
  const taken = new Set<string>();
  for (const { seen } of census.living) if (seen.mark.slot !== undefined) taken.add(seen.mark.slot);
  for (const call of census.pending) taken.add(call.slot);
  // A place is given on only when its last bearer is gone: it may hold what only one can.
  for (const call of census.leaving) taken.add(call.slot);
  if (declared.slots.kind === "named") return declared.slots.names.filter((name) => !taken.has(name));
  const wanted = declared.slots.size - census.living.length - census.pending.length;
  return freeNumbers(taken, wanted);
}

/** The lowest numbers that are not taken. */
export function freeNumbers(taken: ReadonlySet<string>, count: number): readonly string[] {
  const free: string[] = [];
  for (let number = 0; free.length < count; number++) {
    if (!taken.has(String(number))) free.push(String(number));
  }
  return free;
}
