/**
 * Keeps one group: look, decide, record, act, look again. It is woken by hints, answers, timers and people, and treats
 * all of them alike: it looks at everything and decides anew.
 */
import { isDeepStrictEqual } from "node:util";
import {
  type Action,
  type Decided,
  describeMembers,
  type GoodLook,
  type Look,
  type Memory,
  recall,
  reconcile,
  record,
  type Seen,
  stalledStatus,
} from "@muster/engine";
import { type EventDraft, type MemberStatus, MusterError, messageOf, type Status, slotCount } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import type { Store, Writes } from "@muster/store";
import pLimit from "p-limit";
import { type Acted, act } from "./act.ts";
import { type Assignment, type BoundGroup, bind, isStillBound } from "./bind.ts";
import { claimChanges } from "./claims.ts";
import { atMost } from "./deadline.ts";
import { eventOfDecision, eventsOfActions, eventsOfStall, eventsOfVanishing } from "./events.ts";
import { failedLook, observe } from "./observe.ts";
import { pace } from "./pace.ts";
import type { Outside } from "./ports.ts";
import type { Providers } from "./providers.ts";

export interface GroupController {
  /** Something may have changed. */
  wake(): void;
  /** What the group is to be from now on. */
  assign(assignment: Assignment): void;
  /** Has the named members destroyed, under a new assignment, written down together. Resolves when it is. */
  doom(ids: readonly string[], next: Assignment, writes: Writes): Promise<void>;
  /** Undefined before the first pass. */
  status(): Status | undefined;
  members(): readonly MemberStatus[];
  /** The members as the last good look showed them. */
  seen(): readonly Seen[];
  /**
   * Begins nothing more, waits for the calls that are under way, but no longer than `graceMs`, and writes down how they
   * ended. What is not answered by then is looked for at the next start.
   */
  stop(graceMs?: number): Promise<void>;
}

export interface ControllerDeps extends Outside {
  /** For reading. */
  readonly store: Store;
  /** Writes under the stack's lease. */
  write(writes: Writes): Promise<void>;
  readonly catalog: Catalog;
  readonly providers: Providers;
  onStatus(status: Status): void;
  /** The group was to be destroyed and nothing of it is left. */
  onGone(): void;
  /** Nothing can be written any more: another process holds the stack. */
  onLost(error: MusterError): void;
}

/** Calls to one provider that are under way at once. */
const CALLS_AT_ONCE = 16;
/** Looks though nothing woke it: hints of a local type are reliable, and all the same not trusted for ever. */
const RESYNC_LOCAL_MS = 30_000;
const RESYNC_REMOTE_MS = 10_000;
/** What is in flight when a group is let go may take so long. */
const GRACE_MS = 10_000;
/** After a look or a write that failed: doubled up to a minute. */
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 60_000;

export function controlGroup(first: Assignment, remembered: Memory, deps: ControllerDeps): GroupController {
  const { store, catalog, providers, io, clock } = deps;
  const limit = pLimit(CALLS_AT_ONCE);
  const underWay = new Set<Promise<void>>();
  let assignment = first;
  let memory = recall(remembered, clock.now());
  let bound: BoundGroup | undefined;
  let unlisten: (() => void) | undefined;
  let shown: GoodLook | undefined;
  let status: Status | undefined;
  const ended: Acted[] = [];
  let unanswered = 0;
  let requests: readonly DoomRequest[] = [];
  let failures = 0;
  /** Aborted when the group is let go: from then on nothing is begun. */
  const letGo = new AbortController();
  const pacer = pace(passSafely, clock);
  pacer.wake();

  async function passSafely(): Promise<number> {
    try {
      return await pass();
    } catch (thrown) {
      if (thrown instanceof MusterError && thrown.code === "stack.lost") deps.onLost(thrown);
      failRequests(thrown);
      const code = thrown instanceof MusterError ? thrown.code : "internal";
      publish(stalled(assignment, code, messageOf(thrown)));
      return clock.now() + retryMs(++failures);
    }
  }

  function failRequests(reason: unknown): void {
    for (const request of requests) request.failed(reason);
    requests = [];
  }

  /** One turn of the loop. Answers when the next is due though nothing wakes it. */
  async function pass(): Promise<number> {
    const acted = [...ended];
    const asked = requests;
    const current = assignment;
    const target = asked.at(-1)?.next ?? current;
    const before = withDoomed(
      record(
        memory,
        acted.map(({ outcome }) => outcome),
      ),
      asked,
    );
    // Outcomes are taken in before the look begins: so the look is the newer of the two, whatever the clock says.
    const look = await lookAround(target);
    // Something else was declared meanwhile, or the group is let go: what is decided now would be out of date.
    if (letGo.signal.aborted || assignment !== current) return clock.now();
    const decided = decide(target, look, before);
    const claims =
      bound === undefined ? undefined : await claimChanges(bound, decided.actions, look, decided.memory, store);
    const events = draftEvents(acted, look, decided);
    const writes: Writes = {
      ...asked.at(-1)?.writes,
      ...(decided.memory === memory ? {} : { memory: { [assignment.group.name]: decided.memory } }),
      ...(claims === undefined || claims.claim.length === 0 ? {} : { claim: claims.claim }),
      ...(claims === undefined || claims.release.length === 0 ? {} : { release: claims.release }),
      ...(events.length === 0 ? {} : { events: [...asked.flatMap(({ writes }) => writes.events ?? []), ...events] }),
    };
    if (Object.keys(writes).length > 0) await deps.write(writes);
    if (assignment === current) assignment = target;
    ended.splice(0, acted.length);
    requests = requests.slice(asked.length);
    memory = decided.memory;
    for (const request of asked) request.written();
    if (look.kind === "seen") shown = look;
    begin(decided.actions, claims?.taken ?? new Map());
    publish(decided.status);
    if (decided.gone) deps.onGone();
    return nextPass(look, decided.wakeAt);
  }

  async function lookAround(target: Assignment): Promise<Look> {
    try {
      if (bound === undefined || !isStillBound(bound, target, catalog)) {
        unlisten?.();
        bound = undefined;
        bound = await bind(target, catalog, providers);
        unlisten = providers.listen(bound.type, bound.settings, pacer.wake);
      }
    } catch (thrown) {
      return failedLook(clock.now(), thrown);
    }
    return observe(bound, store, clock);
  }

  function decide(target: Assignment, look: Look, before: Memory): Decided {
    const now = clock.now();
    if (bound === undefined) {
      const held = look.kind === "failed" ? look : { reason: "internal", message: "not bound" };
      const status = stalled(target, held.reason, held.message);
      const cause = before.convergedAs === null ? "intentional" : "corrective";
      return { memory: before, cause, actions: [], status, decisions: [], wakeAt: undefined, gone: false };
    }
    const nonce = Buffer.from(io.randomBytes(16)).toString("hex");
    return (deps.decide ?? reconcile)({
      declared: bound.declared,
      traits: bound.traits,
      look,
      memory: before,
      now,
      nonce,
    });
  }

  function stalled(target: Assignment, reason: string, message: string): Status {
    const desired = target.goal === "destroy" ? 0 : slotCount(target.group.slots);
    return stalledStatus(target.generation, desired, status?.revision ?? "", clock.now(), { reason, message });
  }

  function draftEvents(acted: readonly Acted[], look: Look, decided: Decided): readonly EventDraft[] {
    const group = assignment.group.name;
    return [
      ...eventsOfActions(group, acted),
      ...(shown !== undefined && look.kind === "seen" ? vanished(group, shown, look, acted) : []),
      ...decided.decisions.map((decision) => eventOfDecision(group, decision)),
      ...eventsOfStall(group, decided.cause, status, decided.status),
    ];
  }

  function vanished(group: string, before: GoodLook, now: GoodLook, acted: readonly Acted[]): readonly EventDraft[] {
    const destroyed = new Set<string>();
    for (const { action } of acted) if (action.kind === "destroy") destroyed.add(action.instance);
    for (const call of memory.calls)
      if (call.kind === "destroy" && call.instance !== null) destroyed.add(call.instance);
    return eventsOfVanishing(group, idsOf(before), idsOf(now), destroyed);
  }

  function begin(actions: readonly Action[], taken: ReadonlyMap<string, string>): void {
    if (bound === undefined || actions.length === 0) return;
    const group = bound;
    unanswered += actions.length;
    const byId = new Map(shown?.members.map((member) => [member.id, member]));
    for (const action of actions) {
      const refused = taken.get(action.intent);
      const seen = action.kind === "create" ? undefined : byId.get(action.instance);
      const call =
        refused === undefined ? () => act(group, action, seen, clock, letGo.signal) : () => refuse(action, refused);
      const promise = limit(call).then(note);
      underWay.add(promise);
      void promise.finally(() => underWay.delete(promise));
    }
  }

  async function refuse(action: Action, reason: string): Promise<Acted> {
    return { action, outcome: { kind: "failed", intent: action.intent, reason, at: clock.now() } };
  }

  /** The last answer of a wave is looked into at once; until then, answers are gathered. */
  function note(acted: Acted): void {
    ended.push(acted);
    unanswered--;
    if (unanswered === 0) pacer.hurry();
    else pacer.wake();
  }

  function nextPass(look: Look, wakeAt: number | undefined): number {
    const now = clock.now();
    failures = look.kind === "failed" ? failures + 1 : 0;
    if (look.kind === "failed") return now + retryMs(failures);
    const resync = now + (bound?.traits.local === true ? RESYNC_LOCAL_MS : RESYNC_REMOTE_MS);
    return Math.min(resync, wakeAt ?? resync);
  }

  function wasLetGo(): MusterError {
    return new MusterError("stack.lost", {
      stack: assignment.stack,
      detail: "it was let go before this was written down",
    });
  }

  function publish(next: Status): void {
    const before = status;
    status = next;
    if (before === undefined || !sameStatus(before, next)) deps.onStatus(next);
  }

  return {
    wake: pacer.wake,
    assign(next) {
      assignment = next;
      pacer.hurry();
    },
    doom(ids, next, writes) {
      return new Promise((written, failed) => {
        requests = [...requests, { ids, next, writes, written, failed }];
        if (letGo.signal.aborted) failRequests(wasLetGo());
        else pacer.hurry();
      });
    },
    status: () => status,
    members() {
      if (bound === undefined || shown === undefined) return [];
      return describeMembers(bound.declared, bound.traits, shown, memory, clock.now());
    },
    seen: () => shown?.members ?? [],
    async stop(graceMs = GRACE_MS) {
      letGo.abort();
      const lastPass = pacer.stop();
      unlisten?.();
      await atMost(
        graceMs,
        lastPass.then(() => Promise.all(underWay)),
        clock,
      );
      failRequests(wasLetGo());
      if (ended.length === 0) return;
      const final = record(
        memory,
        ended.map(({ outcome }) => outcome),
      );
      const events = eventsOfActions(assignment.group.name, ended);
      await deps.write({ memory: { [assignment.group.name]: final }, events });
    },
  };
}

interface DoomRequest {
  readonly ids: readonly string[];
  readonly next: Assignment;
  readonly writes: Writes;
  readonly written: () => void;
  readonly failed: (reason: unknown) => void;
}

function withDoomed(memory: Memory, requests: readonly DoomRequest[]): Memory {
  if (requests.length === 0) return memory;
  return { ...memory, doomed: [...new Set([...memory.doomed, ...requests.flatMap(({ ids }) => ids)])] };
}

function idsOf(look: GoodLook): ReadonlySet<string> {
  return new Set(look.members.map(({ id }) => id));
}

function retryMs(failures: number): number {
  return Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 10));
}

function sameStatus(a: Status, b: Status): boolean {
  return (
    a.generation === b.generation &&
    a.ready === b.ready &&
    a.desired === b.desired &&
    a.conditions.every((condition, index) => isDeepStrictEqual(condition, b.conditions[index]))
  );
}
