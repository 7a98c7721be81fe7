import { type Action, type Outcome, type Seen, selfOf } from "@muster/engine";
import {
  type Effects,
  type Json,
  type JsonObject,
  type Mark,
  messageOf,
  type Observed,
  resolveSelf,
  type Tags,
} from "@muster/model";
import { asProviderError, ProviderError } from "@muster/plugin";
import type { Claim } from "@muster/store";
import { type BoundGroup, flavorPropertiesOf, portFor, treatmentOf } from "./bind.ts";
import { withDeadline } from "./deadline.ts";
import { CALL_MS, PATIENT } from "./patience.ts";
import type { Clock } from "./ports.ts";
import { startMember } from "./started.ts";
import { type Withdrawn, withdraw } from "./withdraw.ts";

/** How an action ended, and what a person should know besides. */
export interface Acted {
  readonly action: Action;
  readonly outcome: Outcome;
  /** Why a member was destroyed though it had not been drained. */
  readonly forced?: string;
}

/**
 * Carries out one action. Whatever goes wrong is an outcome; nothing is thrown. What is not meant any more when
 * the call is about to begin is not begun, however long the preparation took.
 *
 * @param isMeant asked right before the call
 * @param withdrawn where others send work to the members: awaited before one of them is taken away
 */
export async function act(
  bound: BoundGroup,
  action: Action,
  seen: Seen | undefined,
  clock: Clock,
  isMeant: () => boolean,
  withdrawn?: Withdrawn,
): Promise<Acted> {
  const { intent } = action;
  try {
    const { instance, forced } = await carryOut(bound, action, seen, clock, isMeant, withdrawn);
    const outcome = { kind: "done", intent, instance, at: clock.now() } as const;
    return forced === undefined ? { action, outcome } : { action, outcome, forced };
  } catch (thrown) {
    if (thrown === DROPPED) return { action, outcome: { kind: "dropped", intent, at: clock.now() } };
    return { action, outcome: outcomeOfFailure(intent, asProviderError(thrown), clock.now()) };
  }
}

/** What was refused was not done; of a call whose answer was lost only a look can tell. */
export function outcomeOfFailure(
  intent: string,
  { kind, message: reason }: Pick<ProviderError, "kind" | "message">,
  at: number,
): Outcome {
  return { kind: kind === "unknown" ? "unknown" : "failed", intent, reason, at };
}

interface Done {
  readonly instance: string;
  readonly forced?: string | undefined;
}

async function carryOut(
  bound: BoundGroup,
  action: Action,
  seen: Seen | undefined,
  clock: Clock,
  isMeant: () => boolean,
  withdrawn: Withdrawn | undefined,
): Promise<Done> {
  switch (action.kind) {
    case "create": {
      const treatment = bound.treatments[action.version];
      const mark = markOf(bound, action);
      const want = await wantOf(bound, action, mark, clock);
      confirmMeant(isMeant);
      const tags = treatment.marks.write(mark);
      const { id } = await answered(bound.provider.create(want, tags, PATIENT), action, clock);
      await startMember(bound, treatment, madeOf(bound, id, tags, want, clock), mark, clock);
      return { instance: id };
    }
    case "update": {
      if (isRestarting(bound, action)) {
        await withdraw(action.instance, withdrawn, bound.declared.rollout.drainTimeoutMs, clock);
      }
      confirmMeant(isMeant);
      if (seen === undefined) throw new ProviderError("retryable", `${action.instance} is not there any more`);
      if (bound.provider.update === undefined) {
        throw new ProviderError("invalid", `${bound.type.name} cannot be changed in place`);
      }
      const want = changed(seen, action);
      await answered(bound.provider.update(seen, want, PATIENT), action, clock);
      return { instance: action.instance };
    }
    case "destroy": {
      const begunAt = clock.now();
      // Who has ended does no work that could be taken from it.
      const toLeave = seen?.phase === "ended" ? undefined : withdrawn;
      const withdrawal = await withdraw(action.instance, toLeave, patienceMs(bound, seen), clock);
      // Where that was waited for, or while it waited for its turn, it may have been meant otherwise.
      confirmMeant(isMeant);
      const undrained = seen === undefined ? undefined : await drain(bound, seen, clock, withdrawal && begunAt);
      confirmMeant(isMeant);
      await answered(bound.provider.destroy(action.instance, PATIENT), action, clock);
      return { instance: action.instance, forced: reasonsOf(withdrawal?.forced, undrained) };
    }
  }
}

/** What a create has made, before anybody has looked at it. What is known by a claim bears no tags. */
function madeOf({ type }: BoundGroup, id: string, tags: Tags, want: JsonObject, clock: Clock): Observed {
  const borne = type.known === "tags" ? tags : {};
  return { id, tags: borne, phase: "running", properties: want, since: clock.now() };
}

/** Nobody hangs up on a call; but whoever waits for its answer goes on without. */
function answered<T>(call: Promise<T>, { kind }: Action, clock: Clock): Promise<T> {
  return withDeadline(call, CALL_MS, clock, `the ${kind} was not answered`);
}

const DROPPED = new Error("it was not meant any more when the call would have begun");

function confirmMeant(isMeant: () => boolean): void {
  if (!isMeant()) throw DROPPED;
}

/** A change that takes the member away for a moment. */
function isRestarting({ type }: BoundGroup, { changes }: Extract<Action, { kind: "update" }>): boolean {
  const effects: Effects = type.effects;
  return Object.keys(changes).some((key) => effects[key] === "restart");
}

/** A member has one time to leave in, in milliseconds: where it is drained as well, half of it is kept for that. */
function patienceMs(bound: BoundGroup, seen: Seen | undefined): number {
  const { drainTimeoutMs } = bound.declared.rollout;
  const drains = seen !== undefined && treatmentOf(bound, seen.mark.revision).flavor.drain !== undefined;
  return drains ? drainTimeoutMs / 2 : drainTimeoutMs;
}

function reasonsOf(...reasons: readonly (string | undefined)[]): string | undefined {
  const said = reasons.filter((reason) => reason !== undefined);
  return said.length === 0 ? undefined : said.join("; ");
}

/**
 * Lets the member leave by itself. One that does not, or cannot be asked to, must not hold up the others for ever.
 *
 * @param begunAt when its time to leave began; undefined where it begins now
 */
async function drain(
  bound: BoundGroup,
  seen: Seen,
  clock: Clock,
  begunAt: number | undefined,
): Promise<string | undefined> {
  const treatment = treatmentOf(bound, seen.mark.revision);
  const { flavor } = treatment;
  const { drainTimeoutMs } = bound.declared.rollout;
  if (seen.phase === "ended") return undefined;
  if (flavor.drain === undefined || drainTimeoutMs === 0) return undefined;
  // A clock that was set meanwhile makes nobody's time longer.
  const spentMs = begunAt === undefined ? 0 : clock.now() - begunAt;
  const leftMs = Math.max(1, Math.min(drainTimeoutMs, drainTimeoutMs - spentMs));
  const over = new AbortController();
  const drained = flavor.drain(seen, flavorPropertiesOf(treatment, seen.mark), { signal: over.signal });
  try {
    await withDeadline(drained, leftMs, clock, `${seen.id} was not drained`);
    return undefined;
  } catch (thrown) {
    over.abort();
    return messageOf(thrown);
  }
}

/** What a member is to be after a change. */
export function changed(seen: Seen, { changes }: Extract<Action, { kind: "update" }>): JsonObject {
  return { ...definedOf(seen.properties), ...changes };
}

function definedOf(properties: Partial<JsonObject>): JsonObject {
  const entries = Object.entries(properties).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

type Create = Extract<Action, { kind: "create" }>;

/** What a create asks for: the template in this member's words, with what the flavor adds. */
async function wantOf(bound: BoundGroup, action: Create, mark: Mark, clock: Clock): Promise<JsonObject> {
  const { declared, type, treatments } = bound;
  const treatment = treatments[action.version];
  const { flavor } = treatment;
  const want = ownProperties(bound, action, mark);
  if (flavor.prepare === undefined) return want;
  const member = { stack: declared.stack, group: declared.name, slot: action.slot, slots: declared.slots };
  const preparing = flavor.prepare(want, member, flavorPropertiesOf(treatment, mark));
  const prepared = await withDeadline(preparing, CALL_MS, clock, `flavor ${flavor.name} did not prepare it`);
  // What the declaration wrote has been checked; what a flavor adds may be nothing that the type knows.
  const checked = addsNothing(want, prepared) ? undefined : type.schema.safeParse(prepared);
  if (checked?.success === false) {
    const detail = checked.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`.trim()).join("; ");
    throw new ProviderError("invalid", `${type.name} cannot take what flavor ${flavor.name} prepared: ${detail}`);
  }
  return prepared;
}

function addsNothing(want: JsonObject, prepared: JsonObject): boolean {
  const keys = Object.keys(prepared);
  return keys.length === Object.keys(want).length && keys.every((key) => prepared[key] === want[key]);
}

/** The template in this member's words. InfraKit's documents have no such words: their texts stay as they are. */
function ownProperties({ declared, treatments, type }: BoundGroup, action: Create, mark: Mark): JsonObject {
  const { template, marking } = treatments[action.version].group;
  if (marking.kind === "infrakit") return template.properties;
  const naming = type.known === "claim" ? type.naming : undefined;
  return resolveSelf(template.properties, selfOf(declared, { ...mark, slot: action.slot }), naming);
}

function markOf(bound: BoundGroup, { slot, intent, revision, version }: Create): Mark {
  const { declared, assignment } = bound;
  const port = portFor(bound, version, slot);
  const named = { stack: declared.stack, owner: declared.name, intent, revision };
  const mark = port === undefined ? named : { ...named, port };
  // InfraKit gives its members names, but never counts them.
  const unnamed = assignment.group.marking.kind === "infrakit" && declared.slots.kind === "numbered";
  return unnamed ? mark : { ...mark, slot };
}

/** The claim that stands in for the mark of what a create will make; undefined where the thing bears its mark itself. */
export function claimOf(bound: BoundGroup, action: Action): Claim | undefined {
  const { type, provider } = bound;
  if (type.known !== "claim" || action.kind !== "create") return undefined;
  const mark = markOf(bound, action);
  const id = ownProperties(bound, action, mark)[type.naming];
  if (typeof id !== "string") return undefined;
  return { type: type.name, scope: provider.scope, id, mark };
}
