import type { Memory } from "@muster/engine";
import type { EventDraft } from "@muster/model";
import type { Writes } from "@muster/store";
import type { Assignment } from "./bind.ts";

/** Somebody wants the named members destroyed, replaced or set aside, under an assignment, all written down at once. */
export interface DoomRequest {
  readonly ids: readonly string[];
  /**
   * At once, whatever else there is to do; or within the budget, and an equal one in the place of each; or left where they
   * are, and of the group no more.
   */
  readonly fate: "destroyed" | "replaced" | "aside";
  readonly next: Assignment;
  readonly writes: Writes;
}

interface Waiting extends DoomRequest {
  readonly written: () => void;
  readonly failed: (reason: unknown) => void;
}

/** Requests that wait for the next pass, which takes them in and answers them. */
export interface DoomRequests {
  ask(request: DoomRequest, written: () => void, failed: (reason: unknown) => void): void;
  /** Those that wait now; a pass answers exactly these. */
  waiting(): readonly DoomRequest[];
  written(requests: readonly DoomRequest[]): void;
  failAll(reason: unknown): void;
}

export function doomRequests(): DoomRequests {
  let all: readonly Waiting[] = [];
  return {
    ask(request, written, failed) {
      all = [...all, { ...request, written, failed }];
    },
    waiting: () => all,
    written(requests) {
      if (requests.length === 0) return;
      const done = all.filter((each) => requests.includes(each));
      all = all.filter((each) => !requests.includes(each));
      for (const { written } of done) written();
    },
    failAll(reason) {
      const failed = all;
      all = [];
      for (const each of failed) each.failed(reason);
    },
  };
}

export function withDoomed(memory: Memory, requests: readonly DoomRequest[]): Memory {
  if (requests.length === 0) return memory;
  const named = (fate: DoomRequest["fate"], before: readonly string[]) => {
    const ids = requests.filter((request) => request.fate === fate).flatMap((request) => request.ids);
    return ids.length === 0 ? before : [...new Set([...before, ...ids])];
  };
  const { doomed, replacing, aside } = memory;
  return {
    ...memory,
    doomed: named("destroyed", doomed),
    replacing: named("replaced", replacing),
    aside: named("aside", aside),
  };
}

/** What they want written besides: the newest declaration, and the events of all. */
export function writesOf(requests: readonly DoomRequest[], events: readonly EventDraft[]): Writes {
  if (requests.length === 0) return events.length === 0 ? {} : { events };
  const asked = requests.flatMap(({ writes }) => writes.events ?? []);
  const all = [...asked, ...events];
  return { ...requests.at(-1)?.writes, ...(all.length === 0 ? {} : { events: all }) };
}
