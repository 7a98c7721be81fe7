import { isDeepStrictEqual } from "node:util";
import type { DeclaredGroup, FailedLook, Look, Seen } from "@muster/engine";
import { type Mark, MusterError, type Observed } from "@muster/model";
import { asProviderError, type ClaimedProvider, type Ctx, ProviderError, type TaggedProvider } from "@muster/plugin";
import type { Claim, Store } from "@muster/store";
import { type BoundGroup, markOn, treatmentOf } from "./bind.ts";
import { type AskChecks, whomOf } from "./checks/whom.ts";
import { withDeadline } from "./deadline.ts";
import type { Clock } from "./ports.ts";
import type { AskHealth, Checking } from "./verdicts.ts";

/** Looks at everything that belongs to the group. Whatever prevents it becomes a failed look. */
export async function observe(
  bound: BoundGroup,
  store: Store,
  clock: Clock,
  askHealth: AskHealth,
  askChecks: AskChecks | undefined,
  letGo: AbortSignal,
): Promise<Look> {
  const startedAt = clock.now();
  try {
    const members = await membersOf(bound, store, clock, letGo);
    const verdicts = await askHealth(
      members,
      (revision) => treatmentOf(bound, revision),
      checkingOf(bound, askChecks, letGo),
    );
    return { kind: "seen", startedAt, members, verdicts };
  } catch (thrown) {
    return failedLook(startedAt, thrown);
  }
}

function checkingOf(
  { type, provider }: BoundGroup,
  ask: AskChecks | undefined,
  letGo: AbortSignal,
): Checking | undefined {
  return ask && { ask, letGo, whomOf: (id) => whomOf(type, type.local, provider, id) };
}

/** What prevented a look, or a group from being bound, as a look. */
export function failedLook(startedAt: number, thrown: unknown): FailedLook {
  if (thrown instanceof MusterError) {
    return { kind: "failed", startedAt, reason: thrown.code, message: thrown.message };
  }
  const error = asProviderError(thrown);
  return { kind: "failed", startedAt, reason: `look.${error.kind}`, message: error.message };
}

/** A list that never ends is a failed look: it must not keep the group from being looked at again. */
const LOOK_MS = 60_000;

async function membersOf(bound: BoundGroup, store: Store, clock: Clock, letGo: AbortSignal): Promise<readonly Seen[]> {
  const { provider } = bound;
  const over = new AbortController();
  const ctx: Ctx = { signal: over.signal };
  const looking = provider.known === "tags" ? listed(bound, provider, ctx) : claimed(bound, provider, store, ctx);
  try {
    return onceEach(await withDeadline(looking, LOOK_MS, clock, `${bound.type.name} was not listed`, letGo));
  } catch (thrown) {
    // Whoever still lists or reads is told that nobody waits for it. A look that ended well has nobody to tell.
    over.abort(thrown);
    throw thrown;
  }
}

/**
 * Pages that overlap show a member twice. One that is shown twice and differently is shown by somebody who does not know:
 * that is no look.
 */
function onceEach(members: readonly Seen[]): readonly Seen[] {
  if (new Set(members.map(({ id }) => id)).size === members.length) return members;
  const byId = new Map<string, Seen>();
  for (const seen of members) {
    const known = byId.get(seen.id);
    if (known !== undefined && !isDeepStrictEqual(known, seen)) {
      throw new ProviderError("retryable", `${seen.id} is listed twice, and differently`);
    }
    byId.set(seen.id, seen);
  }
  return [...byId.values()];
}

async function listed(bound: BoundGroup, provider: TaggedProvider, ctx: Ctx): Promise<readonly Seen[]> {
  const { declared, treatments } = bound;
  const found: Seen[] = [];
  for await (const page of provider.list(treatments.declared.marks.owned(declared.stack, declared.name), ctx)) {
    for (const observed of page) {
      const seen = memberOn(declared, observed, markOn(bound, observed.tags));
      if (seen !== undefined) found.push(seen);
    }
  }
  return found;
}

/** The thing as a member of the group, if it is one: a list that shows too much must not make anybody else's thing ours. */
export function memberOn(
  { stack, name }: Pick<DeclaredGroup, "stack" | "name">,
  observed: Observed,
  mark: Mark | undefined,
): Seen | undefined {
  return mark?.stack === stack && mark.owner === name ? { ...observed, mark } : undefined;
}

async function claimed(bound: BoundGroup, provider: ClaimedProvider, store: Store, ctx: Ctx): Promise<readonly Seen[]> {
  const { declared } = bound;
  const claims = await store.claims(declared.stack, declared.name);
  const ours = claims.filter((claim) => claim.type === bound.type.name && claim.scope === provider.scope);
  const found = await Promise.all(ours.map((claim) => readClaimed(provider, claim, ctx)));
  return found.filter((seen) => seen !== undefined);
}

async function readClaimed(provider: ClaimedProvider, { id, mark }: Claim, ctx: Ctx): Promise<Seen | undefined> {
  const observed = await provider.read(id, ctx);
  return observed === undefined ? undefined : { ...observed, mark };
}
