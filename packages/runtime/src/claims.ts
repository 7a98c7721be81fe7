import type { Action, Look, Memory } from "@muster/engine";
import type { Claim, Store } from "@muster/store";
import { claimOf } from "./act.ts";
import type { BoundGroup } from "./bind.ts";
import { withDeadline } from "./deadline.ts";
import type { Clock } from "./ports.ts";

/** The claims to be written with the actions, the ones to be given up, and the creates whose name is somebody else's. */
export interface ClaimChanges {
  readonly claim: readonly Claim[];
  readonly release: readonly Claim[];
  readonly taken: ReadonlyMap<string, string>;
}

export const NO_CLAIMS: ClaimChanges = { claim: [], release: [], taken: new Map() };

/**
 * A thing that cannot bear a mark is claimed before it is made. A name that is already somebody's, or that something
 * unclaimed bears, is not touched: the create is refused before it is called.
 */
export async function claimChanges(
  bound: BoundGroup,
  actions: readonly Action[],
  look: Look,
  memory: Memory,
  store: Store,
  clock: Clock,
): Promise<ClaimChanges> {
  const { provider, declared } = bound;
  if (provider.known !== "claim" || look.kind === "failed") return NO_CLAIMS;
  const claim: Claim[] = [];
  const taken = new Map<string, string>();
  const all = await store.claims(declared.stack, declared.name);
  // The look tells nothing of claims in another scope: they stay.
  const mine = all.filter((each) => each.type === bound.type.name && each.scope === provider.scope);
  const mineById = new Set(mine.map(({ id }) => id));
  for (const action of actions) {
    const wanted = claimOf(bound, action);
    if (wanted === undefined) continue;
    const other = mineById.has(wanted.id) ? undefined : await ownerOf(bound, wanted, store, clock);
    if (other === undefined) claim.push(wanted);
    else taken.set(action.intent, other);
  }
  return { claim, release: stale(mine, claim, look, memory), taken };
}

/** To read one name takes no longer than this, in milliseconds; else the pass has failed, and is made again. */
const READ_MS = 60_000;

async function ownerOf(
  { provider, type }: BoundGroup,
  wanted: Claim,
  store: Store,
  clock: Clock,
): Promise<string | undefined> {
  const claimed = await store.claimed(wanted.type, wanted.scope, wanted.id);
  if (claimed !== undefined) return `${wanted.id} belongs to ${claimed.mark.stack}/${claimed.mark.owner}`;
  if (provider.known !== "claim") return undefined;
  const reading = provider.read(wanted.id, { signal: new AbortController().signal });
  const found = await withDeadline(reading, READ_MS, clock, `${type.name} did not read ${wanted.id}`);
  return found === undefined ? undefined : `${wanted.id} is there already and is not Muster's`;
}

/** Claims on what a good look did not show and no open call will make. */
function stale(mine: readonly Claim[], fresh: readonly Claim[], look: Look, memory: Memory): readonly Claim[] {
  // Nobody was seen where there had been some: until that is confirmed it may be a slip of the provider's.
  if (look.kind === "failed" || memory.vanishedAt !== null) return [];
  const kept = new Set([...look.members.map(({ id }) => id), ...fresh.map(({ id }) => id)]);
  const open = new Set(memory.calls.map(({ intent }) => intent));
  return mine.filter(({ id, mark }) => !kept.has(id) && !open.has(mark.intent ?? ""));
}
