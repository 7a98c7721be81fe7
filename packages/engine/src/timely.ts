/**
 * What memory knows of time, where time itself went wrong. A clock that was ahead once has left times in memory that lie
 * far in the future: nothing that was begun can have begun later than now, and nobody waits longer than anybody ever
 * does. And time in which nobody was there to carry anything further counts for no deadline.
 */
import { ownOf } from "@muster/model";
import {
  BACKOFF_MOST_MS,
  type Call,
  type Creates,
  longestBackoffMs,
  type Memory,
  type Quarantine,
  type Rollout,
  spared,
  type Young,
} from "./memory.ts";

/** Memory with no time later than it can be at `now`. In order, as it nearly always is, it keeps its identity. */
export function timely(memory: Memory, now: number): Memory {
  const calls = mapSame(memory.calls, timelyCall, now);
  const young = mapYoung(memory.young, timelyYoung, now);
  const creates = mapSame(memory.creates, timelyCreates, now);
  const rollout = memory.rollout && timelyRollout(memory.rollout, now);
  const quarantine = memory.quarantine && timelyQuarantine(memory.quarantine, now);
  const creating = timelyBackoff(memory.creating, now);
  const late = timelyBackoff(memory.late, now);
  const repairing = timelyBackoff(memory.repairing, now);
  const vanishedAt = memory.vanishedAt !== null && memory.vanishedAt > now ? now : memory.vanishedAt;
  const isSame =
    calls === memory.calls &&
    young === memory.young &&
    creates === memory.creates &&
    rollout === memory.rollout &&
    quarantine === memory.quarantine &&
    creating === memory.creating &&
    late === memory.late &&
    repairing === memory.repairing &&
    vanishedAt === memory.vanishedAt;
  if (isSame) return memory;
  return { ...memory, calls, young, creates, rollout, quarantine, creating, late, repairing, vanishedAt };
}

/**
 * For so long nobody was there: the machine slept, or its clock leapt. Whatever has a deadline has that much more time,
 * and what must last for a while must last as long as if nothing had happened.
 */
export function absent(memory: Memory, ms: number, now: number): Memory {
  if (ms <= 0) return memory;
  const later = (at: number) => Math.min(now, at + ms);
  const since = (at: number | null) => (at === null ? null : later(at));
  const { calls, young, rollout } = spared(memory, later);
  return {
    ...memory,
    // What an update changed is tried anew: its end must not come to lie before the trial that it begins.
    calls: calls.map((call) => {
      const { state } = call;
      return state.kind === "done" || state.kind === "unknown"
        ? { ...call, state: { ...state, at: later(state.at) } }
        : call;
    }),
    young: mapYoung(young, (each) => ({ ...each, readyAt: since(each.readyAt) }), now),
    rollout: rollout && { ...rollout, canariesAt: since(rollout.canariesAt) },
  };
}

function timelyCall(call: Call, now: number): Call {
  const begun = within(call, "at", now);
  const state = timelyState(begun, now);
  return state === begun.state ? begun : { ...begun, state };
}

function timelyYoung(young: Young, now: number): Young {
  const { since, readyAt } = young;
  if (since <= now && (readyAt === null || readyAt <= now)) return young;
  return { ...young, since: Math.min(since, now), readyAt: readyAt && Math.min(readyAt, now) };
}

function timelyCreates(creates: Creates, now: number): Creates {
  const { since, last } = creates;
  return last <= now && since <= now ? creates : { ...creates, since: Math.min(since, now), last: Math.min(last, now) };
}

function timelyState({ state, attempt }: Call, now: number): Call["state"] {
  switch (state.kind) {
    case "called":
      return state;
    case "done":
    case "unknown":
      return within(state, "at", now);
    case "failed":
      return within(state, "retryAt", now + longestBackoffMs(attempt));
  }
}

function timelyRollout(rollout: Rollout, now: number): Rollout {
  const { startedAt, progressAt, canariesAt, failure } = rollout;
  const latest = Math.max(startedAt, progressAt, canariesAt ?? 0, failure?.at ?? 0);
  if (latest <= now) return rollout;
  return {
    ...rollout,
    startedAt: Math.min(startedAt, now),
    progressAt: Math.min(progressAt, now),
    canariesAt: canariesAt && Math.min(canariesAt, now),
    failure: failure && { ...failure, at: Math.min(failure.at, now) },
  };
}

function timelyQuarantine(quarantine: Quarantine, now: number): Quarantine {
  return within(within(quarantine, "since", now), "againAt", now + BACKOFF_MOST_MS);
}

function timelyBackoff(backoff: Memory["creating"], now: number): Memory["creating"] {
  return backoff && within(backoff, "until", now + longestBackoffMs(backoff.attempts));
}

/** The named time no later than said. Every pass asks this of every time there is: one at a time, nothing is made for it. */
function within<T extends object>(value: T, key: keyof T, most: number): T {
  const at = value[key];
  return typeof at === "number" && at > most ? { ...value, [key]: most } : value;
}

function mapSame<T>(all: readonly T[], map: (each: T, now: number) => T, now: number): readonly T[] {
  for (const each of all) if (map(each, now) !== each) return all.map((one) => map(one, now));
  return all;
}

function mapYoung(all: Memory["young"], map: (young: Young, now: number) => Young, now: number): Memory["young"] {
  let mapped: Record<string, Young> | undefined;
  for (const id in all) {
    const young = ownOf(all, id);
    const next = young && map(young, now);
    if (next === undefined || next === young) continue;
    mapped ??= { ...all };
    mapped[id] = next;
  }
  return mapped ?? all;
}
