import { type Cause, type EventType, type Json, slotCount } from "@muster/model";
import type { Aim } from "./aim.ts";
import { isStale, type Living } from "./census.ts";
import { versionWord, wasConverged } from "./declared.ts";
import type { Memory, Quarantine } from "./memory.ts";
import type { Turn } from "./rollout.ts";
import type { Settled } from "./settle.ts";
import type { Scene, Wish } from "./step.ts";

/** What was decided or found out, for the history. */
export interface Decision {
  readonly type: Exclude<EventType, `stack.${string}` | "group.committed" | "group.steered">;
  readonly cause: Cause;
  readonly message: string;
  readonly instance?: string;
  readonly slot?: string;
  readonly before?: Json;
  readonly after?: Json;
}

export function decisionsOf(scene: Scene, settled: Settled, wishes: readonly Wish[], converged: boolean): Decision[] {
  const { cause, declared, memory } = scene;
  const decisions: Decision[] = [];
  for (const found of settled.found) {
    const fact = factOfFound(scene, found);
    if (fact !== undefined) decisions.push(fact);
  }
  if (wishes.length > 0) decisions.push({ type: "group.decided", cause, message: sentence(scene, wishes) });
  // Said once for each declaration, and again whenever something had to be put right, or came right by itself.
  if (converged && (wasWrong(memory) || !wasConverged(declared, memory))) {
    const count = declared.goal === "destroy" ? 0 : slotCount(declared.slots);
    decisions.push({ type: "group.converged", cause, message: `${count} of ${count} as declared` });
  }
  return decisions;
}

function wasWrong({ young, calls, drift, failing }: Memory): boolean {
  return Object.keys(young).length > 0 || calls.length > 0 || drift !== null || failing.length > 0;
}

/** What the look says of a call whose answer was lost; undefined where the call was not done, or is known to have failed. */
function factOfFound(scene: Scene, { call, instance }: Settled["found"][number]): Decision | undefined {
  const { kind, cause, slot, state } = call;
  const lost = `the answer to its ${kind} had been lost`;
  if (kind !== "update" || isAsDeclared(scene, instance)) {
    const { type, state: now } = FOUND[kind];
    return { type, cause, message: `${instance} is ${now}: ${lost}`, instance, slot };
  }
  const isTold = state.kind !== "unknown" || !state.interrupted;
  if (isTold || call.to === undefined || call.to === versionWord(scene.declared)) return undefined;
  const message = `${instance} may have been changed: ${lost}, and something else is wanted by now`;
  return { type: "instance.failed", cause, message, instance, slot };
}

const FOUND = {
  create: { type: "instance.created", state: "there" },
  update: { type: "instance.updated", state: "as declared" },
  destroy: { type: "instance.destroyed", state: "gone" },
} as const;

function isAsDeclared({ census }: Scene, instance: string): boolean {
  const member = census.living.find(({ seen }) => seen.id === instance);
  return member !== undefined && !isStale(member);
}

/** `2 there, 3 wanted: making 1 (missing)`. */
export function sentence({ census, declared }: Scene, wishes: readonly Wish[]): string {
  const counts = new Map<string, number>();
  for (const wish of wishes) {
    const former = wish.kind === "create" && wish.as.version !== declared.version ? " as before" : "";
    const what = `${DOING[wish.kind]}${former} (${wish.why})`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const doing = [...counts].map(([what, count]) => what.replace("#", String(count))).join(", ");
  const size = declared.goal === "destroy" ? 0 : slotCount(declared.slots);
  return `${census.living.length} there, ${size} wanted: ${doing}`;
}

const DOING = { create: "making #", update: "changing #", destroy: "destroying #" } as const;

/** The turns of a rollout, and of a revision that is suspected. */
export function turnsOf(
  { declared, memory, quarantine, cause }: Scene,
  { instead }: Aim,
  turns: readonly Turn[],
): Decision[] {
  const before = memory.quarantine;
  if (turns.length === 0 && before === quarantine) return [];
  const decisions = turns.map((turn): Decision => ({ cause, ...factOf(turn, declared.revision, instead) }));
  if (quarantine !== null && before?.revision !== quarantine.revision) {
    const message = `revision ${quarantine.revision} keeps failing: it is tried again seldom, and ${quarantine.kept} is kept`;
    decisions.push({ type: "revision.quarantined", cause: "corrective", message, instance: quarantine.kept });
  }
  if (before !== null && quarantine === null) decisions.push(released(before));
  return decisions;
}

/** The revision is trusted again. */
export function released({ revision }: Quarantine): Decision {
  return { type: "revision.released", cause: "corrective", message: `revision ${revision} is no longer quarantined` };
}

function factOf(turn: Turn, revision: string, instead: string | undefined): Pick<Decision, "type" | "message"> {
  switch (turn.kind) {
    case "started":
      return instead === undefined
        ? { type: "rollout.started", message: `rollout of revision ${revision} begins` }
        : { type: "rollout.started", message: `back to revision ${revision}: ${instead}` };
    case "waiting":
      return { type: "rollout.waiting", message: turn.message };
    case "promoted":
      return { type: "rollout.promoted", message: `the canaries were promoted by ${turn.by}: the others follow` };
    case "failed":
      return { type: "rollout.failed", message: `the rollout failed: ${turn.reason}` };
    case "reverting":
      return { type: "rollout.reverting", message: "going back to the version before" };
    case "finished":
      return instead === undefined
        ? { type: "rollout.finished", message: `revision ${revision} is everywhere` }
        : { type: "rollout.reverted", message: `back at revision ${revision}` };
  }
}

/** Members that fail and did not, or did and do not any more. Of one that is gone other events tell. */
export function healthTurns(
  living: readonly Living[],
  before: readonly string[],
  failing: readonly string[],
  reasonOf: (id: string) => string,
): Decision[] {
  if (before === failing) return [];
  const was = new Set(before);
  const is = new Set(failing);
  const decisions: Decision[] = [];
  for (const { seen, health } of living) {
    const common = { cause: "corrective", instance: seen.id, slot: seen.mark.slot ?? "" } as const;
    if (is.has(seen.id) && !was.has(seen.id)) {
      const message = `${seen.id} is unhealthy: ${reasonOf(seen.id)}`;
      decisions.push({ ...common, type: "instance.unhealthy", message, before: "healthy", after: "unhealthy" });
    } else if (was.has(seen.id) && health === "ready") {
      const message = `${seen.id} is healthy again`;
      decisions.push({ ...common, type: "instance.recovered", message, before: "unhealthy", after: "healthy" });
    }
  }
  return decisions;
}
