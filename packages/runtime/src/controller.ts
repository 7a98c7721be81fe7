/**
 * Keeps one group: look, decide, record, act, look again. It is woken by hints, answers, timers and people, and treats
 * all of them alike: it looks at everything and decides anew.
 */
import type { Whom } from "@muster/checks";
import {
  type Action,
  absent,
  type Decided,
  describeMembers,
  type GoodLook,
  heldUp,
  type Memory,
  type Policy,
  recall,
  reconcile,
  type Seen,
  servingOf,
  stalledStatus,
} from "@muster/engine";
import {
  type Cause,
  type EventDraft,
  type MemberStatus,
  MusterError,
  messageOf,
  type Status,
  slotCount,
} from "@muster/model";
import { type Catalog, ProviderError } from "@muster/plugin";
import type { Store, Writes } from "@muster/store";
import { type Attention, attention } from "./attention.ts";
import { type Assignment, type BoundGroup, sameTask } from "./bind.ts";
import { withChecks } from "./checks/condition.ts";
import { whomOf } from "./checks/whom.ts";
import { type ClaimChanges, claimChanges, NO_CLAIMS } from "./claims.ts";
import { atMost } from "./deadline.ts";
import { type DoomRequest, doomRequests, withDoomed, writesOf } from "./doom.ts";
import { dueAfter, retryMs } from "./due.ts";
import type { Standing } from "./front/offered.ts";
import { placeOf } from "./home.ts";
import { trackCalls } from "./in-flight.ts";
import { isMeant } from "./meant.ts";
import { pace } from "./pace.ts";
import { eventsOfPass, memoryOfPass, withOutcomes, writesOfEnd } from "./pass.ts";
import type { Outside } from "./ports.ts";
import { watchPresence } from "./presence.ts";
import type { Providers } from "./providers.ts";
import { type Reached, reachIn } from "./reach.ts";
import { sameStatus } from "./same-status.ts";
import { openEyes, type Sight } from "./sight.ts";
import type { Withdrawn } from "./withdraw.ts";

export interface GroupController {
  /** Something may have changed. */
  wake(): void;
  /** What the group is to be from now on. */
  assign(assignment: Assignment): void;
  /** Has the named members destroyed or replaced, under an assignment, written down together. Resolves when it is. */
  doom(request: DoomRequest): Promise<void>;
  /** Undefined before the first pass. */
  status(): Status | undefined;
  members(): readonly MemberStatus[];
  /** The policy it is kept by; undefined while its type or flavor is not there. */
  policy(): Policy | undefined;
  /** Whom checks of its members are asked of; undefined while its type is not there. */
  whom(): Whom["kind"] | undefined;
  /** The members as the last good look showed them. */
  seen(): readonly Seen[];
  /** One of them, through what it was seen through; undefined where the last good look did not show it. */
  reach(id: string): Reached | undefined;
  /** Those that can be given work; `unseen` before the first good look. */
  standing(): Standing | "unseen";
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
  /** Something else is being declared now, and may be written down already. */
  isDeclaring(): boolean;
  onStatus(status: Status): void;
  /** After every pass: members may have come or gone. */
  onPass?(): void;
  /** Where others send work to the members. */
  readonly withdrawn?: Withdrawn;
  /** The group was to be destroyed and nothing of it is left. */
  onGone(): void;
  /** Nothing can be written any more: another process holds the stack. */
  onLost(error: MusterError): void;
}

/** What is in flight when a group is let go may take so long. */
const GRACE_MS = 10_000;

export function controlGroup(first: Assignment, remembered: Memory, deps: ControllerDeps): GroupController {
  const { io, clock } = deps;
  /** Aborted when the group is let go: from then on nothing is begun. */
  const letGo = new AbortController();
  const pacer = pace(passSafely, clock);
  const eyes = openEyes({ ...deps, wake: pacer.wake });
  const requests = doomRequests();
  const presence = watchPresence(clock);
  const isStillMeant = (action: Action) => !letGo.signal.aborted && isMeant(action, assignment, shown);
  // The last answer of a wave is looked into at once; until then, answers are gathered.
  const answered = (last: boolean) => (last ? pacer.hurry() : pacer.wake());
  const calls = trackCalls(clock, isStillMeant, answered, deps.withdrawn);
  let assignment = first;
  let memory = recall(remembered, clock.now());
  let shown: GoodLook | undefined;
  let shownBy: BoundGroup | undefined;
  let status: Status | undefined;
  let failures = 0;
  let heed: Attention | undefined;
  let cause: Cause = "corrective";
  let isWriting = false;
  pacer.wake();

  async function passSafely(): Promise<number> {
    try {
      return await pass();
    } catch (thrown) {
      if (thrown instanceof MusterError && thrown.code === "stack.lost") deps.onLost(thrown);
      requests.failAll(thrown);
      publish(stalled(assignment, reasonOf(thrown), messageOf(thrown)));
      return clock.now() + retryMs(++failures);
    }
  }

  /** One turn of the loop. Answers when the next is due though nothing wakes it. */
  async function pass(): Promise<number> {
    const assigned = assignment;
    const asked = requests.waiting();
    const next = asked.at(-1)?.next ?? assigned;
    // Outcomes are taken in before the look begins: so the look is the newer of the two, whatever the clock says.
    const acted = calls.ended();
    const remembered = withDoomed(withOutcomes(memory, acted), asked);
    const { sight, before, moved } = settleIn(await eyes.look(next, letGo.signal), remembered);
    const type = sight.kind === "bound" ? sight.bound.type : { name: next.group.template.name };
    // Something else was declared meanwhile, or the group is let go: what is decided now would be out of date.
    if (letGo.signal.aborted || !sameTask(assignment, assigned, type)) return clock.now();
    const missed = presence.missedMs();
    const decided = decide(next, sight, absent(before, missed, clock.now()));
    const claims = await claimsFor(sight, decided);
    // It may have been so since, or be about to be: history must not tell of the one before as if it were the new one.
    if (letGo.signal.aborted || deps.isDeclaring() || !sameTask(assignment, assigned, type)) return clock.now();
    const group = assignment.group.name;
    const known = { memory, shown, status };
    const events = [...moved, ...eventsOfPass(group, known, { acted, look: sight.look, decided })];
    await write({ ...writesOf(asked, events), ...memoryOfPass(group, known, decided), ...changesOf(claims) });
    if (assignment === assigned) assignment = next;
    presence.counted(missed);
    calls.written(acted.length);
    requests.written(asked);
    memory = decided.memory;
    cause = decided.cause;
    if (sight.look.kind === "seen") shown = sight.look;
    if (sight.kind === "bound" && sight.look.kind === "seen") shownBy = sight.bound;
    if (sight.kind === "bound") calls.begin(sight.bound, decided.actions, shown?.members ?? [], claims.taken);
    publish(asksChecks(next) ? withChecks(decided.status, sight.look) : decided.status);
    deps.onPass?.();
    if (decided.gone) deps.onGone();
    return nextPass(sight, decided.wakeAt);
  }

  /** Sees to it that the members are looked for where they are. */
  function settleIn(sight: Sight, remembered: Memory): { sight: Sight; before: Memory; moved: readonly EventDraft[] } {
    const place = sight.kind === "bound" ? placeOf(sight.bound, remembered) : undefined;
    switch (place?.kind) {
      case undefined:
        return { sight, before: remembered, moved: [] };
      case "home":
        return { sight, before: place.memory, moved: [] };
      case "moved":
        shown = undefined;
        return { sight, before: place.memory, moved: [place.event] };
      case "strayed": {
        const { startedAt } = sight.look;
        const look = { kind: "failed", startedAt, reason: "provider.elsewhere", message: place.message } as const;
        return { sight: { kind: "unbound", look }, before: remembered, moved: [] };
      }
    }
  }

  function decide(next: Assignment, sight: Sight, before: Memory): Decided {
    if (sight.kind === "unbound") return heldUp(before, stalled(next, sight.look.reason, sight.look.message));
    const { declared, traits } = sight.bound;
    const nonce = Buffer.from(io.randomBytes(16)).toString("hex");
    const situation = { declared, traits, look: sight.look, memory: before, now: clock.now(), nonce };
    return (deps.decide ?? reconcile)(situation);
  }

  async function claimsFor(sight: Sight, { actions, memory }: Decided): Promise<ClaimChanges> {
    if (sight.kind === "unbound") return NO_CLAIMS;
    return claimChanges(sight.bound, actions, sight.look, memory, deps.store, clock);
  }

  function changesOf({ claim, release }: ClaimChanges): Writes {
    return {
      ...(claim.length === 0 ? {} : { claim }),
      ...(release.length === 0 ? {} : { release }),
    };
  }

  async function write(writes: Writes): Promise<void> {
    if (Object.keys(writes).length === 0) return;
    isWriting = true;
    try {
      await deps.write(writes);
    } finally {
      isWriting = false;
    }
  }

  function stalled(target: Assignment, reason: string, message: string): Status {
    const desired = target.goal === "destroy" ? 0 : slotCount(target.group.slots);
    return stalledStatus(target.generation, desired, status?.revision ?? "", clock.now(), { reason, message });
  }

  function nextPass(sight: Sight, wakeAt: number | undefined): number {
    const now = clock.now();
    failures = sight.look.kind === "failed" ? failures + 1 : 0;
    if (sight.kind === "unbound" || sight.look.kind === "failed") return now + retryMs(failures);
    const { traits, treatments } = sight.bound;
    heed ??= attention(traits.local);
    const isAsked = treatments.declared.flavor.health !== undefined || asksChecks(assignment);
    return dueAfter(sight.look, traits, isAsked ? heed : undefined, wakeAt, now);
  }

  function asksChecks({ group }: Assignment): boolean {
    return deps.askChecks !== undefined && group.checks.length > 0;
  }

  function publish(next: Status): void {
    const before = status;
    status = next;
    if (before === undefined || !sameStatus(before, next)) deps.onStatus(next);
  }

  function wasLetGo(): MusterError {
    const detail = "it was let go before this was written down";
    return new MusterError("stack.lost", { stack: assignment.stack, detail });
  }

  return {
    wake: pacer.wake,
    assign(next) {
      assignment = next;
      pacer.hurry();
    },
    doom(request) {
      const answer = new Promise<void>((written, failed) => requests.ask(request, written, failed));
      if (letGo.signal.aborted) requests.failAll(wasLetGo());
      else pacer.hurry();
      return answer;
    },
    status: () => status,
    members() {
      const bound = eyes.bound();
      if (bound === undefined || shown === undefined) return [];
      return describeMembers({ ...bound, look: shown, memory, now: clock.now() });
    },
    policy() {
      const bound = eyes.bound();
      return bound && { rollout: bound.declared.rollout, repair: bound.declared.repair };
    },
    whom() {
      const bound = eyes.bound();
      return bound && whomOf(bound.type, bound.type.local, bound.provider, "").kind;
    },
    seen: () => shown?.members ?? [],
    reach: (id) => shown && shownBy && reachIn(shownBy, shown, memory, id, clock),
    standing() {
      if (shownBy === undefined || shown === undefined) return "unseen";
      return { members: servingOf({ ...shownBy, look: shown, memory, now: clock.now() }), cause };
    },
    async stop(graceMs = GRACE_MS) {
      letGo.abort();
      const lastPass = pacer.stop();
      presence.stop();
      eyes.close();
      deps.hostPorts?.forget(`${assignment.stack}/${assignment.group.name}`);
      const atRest = lastPass.then(() => calls.rest(graceMs));
      await atMost(graceMs, atRest, clock);
      if (isWriting) await atMost(graceMs, atRest, clock);
      requests.failAll(wasLetGo());
      // What the last pass is writing is not written once more, and not without what it has decided: a look tells the rest.
      if (isWriting) return;
      const left = writesOfEnd(assignment.group.name, memory, calls.ended());
      if (left !== undefined) await deps.write(left);
    },
  };
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof MusterError) return thrown.code;
  return thrown instanceof ProviderError ? `look.${thrown.kind}` : "internal";
}
