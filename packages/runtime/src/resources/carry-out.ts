/** Does one step. Whatever is about to be done has been written down before. */
import type { DecidedStep, Wanted } from "@muster/engine";
import { type Address, type JsonObject, type Mark, musterMarks, type Observed, resourceOwner } from "@muster/model";
import { asProviderError, type Ctx, ProviderError } from "@muster/plugin";
import type { Claim } from "@muster/store";
import { withDeadline } from "../deadline.ts";
import { CALL_MS, PATIENT } from "../patience.ts";
import type { Clock } from "../ports.ts";
import type { BoundResource } from "./bound.ts";
import type { Ledger } from "./ledger.ts";
import { type ResourcesMemory, without } from "./memory.ts";
import { decidedOf, doneOf, failedOf } from "./told.ts";

export interface Hands {
  readonly stack: string;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** A word that no other create has. */
  nonce(): string;
}

export type Carried =
  | { readonly kind: "done"; readonly id: string | undefined }
  | { readonly kind: "failed"; readonly error: ProviderError };

export async function carryOut(
  bound: BoundResource,
  step: DecidedStep,
  want: Wanted,
  found: Observed | undefined,
  hands: Hands,
): Promise<Carried> {
  const { address } = bound.resource;
  try {
    const id = await doStep(bound, step, want, found, hands);
    await hands.ledger.write({ events: [doneOf(address, step, id)] });
    return { kind: "done", id };
  } catch (thrown) {
    const error = asProviderError(thrown);
    await hands.ledger.write({ events: [failedOf(address, step, error.message)] });
    return { kind: "failed", error };
  }
}

async function doStep(
  bound: BoundResource,
  step: DecidedStep,
  want: Wanted,
  found: Observed | undefined,
  hands: Hands,
): Promise<string | undefined> {
  const { address } = bound.resource;
  const decided = { events: [decidedOf(address, step)] };
  switch (step.effect) {
    case "create":
      return create(bound, step, want, hands);
    case "replace": {
      await hands.ledger.write(decided);
      await destroy(bound, there(found, address), hands);
      return create(bound, step, want, hands);
    }
    case "adopt":
      return adopt(bound, step, want, there(found, address), hands);
    case "in-place":
    case "restart":
      await hands.ledger.write(decided);
      return update(bound, want, there(found, address), hands);
    case "destroy":
      await hands.ledger.write(decided);
      return destroy(bound, there(found, address), hands);
    case "run":
    case "refresh":
      await hands.ledger.write(decided);
      await refresh(bound, want, found, hands);
      return found?.id;
    case "impossible":
      throw new ProviderError("invalid", step.why);
  }
}

async function create(bound: BoundResource, step: DecidedStep, want: Wanted, hands: Hands): Promise<string> {
  const { resource } = bound;
  const { address } = resource;
  const properties = fitting(bound, want);
  const { ledger, clock } = hands;
  const ctx: Ctx = { ...PATIENT, digests: want.digests };
  if (bound.known === "task") throw new ProviderError("invalid", `${address} is nothing that can be made`);
  const intent = hands.nonce();
  const mark = markOf(bound, hands.stack, intent);
  if (bound.known === "claim") {
    const claim = claimOn(bound, String(properties[bound.type.naming]), mark);
    await ledger.write({ claim, events: [decidedOf(address, step)] });
    try {
      const { id } = await answered(bound.provider.create(properties, {}, ctx), "create", clock);
      return id;
    } catch (thrown) {
      // What was not made is not ours; of what may have been, a look will tell.
      if (asProviderError(thrown).kind !== "unknown") await ledger.write({ release: claim });
      throw thrown;
    }
  }
  await ledger.write({
    events: [decidedOf(address, step)],
    remember: (memory) => ({ ...memory, open: { ...memory.open, [address]: { intent } } }),
  });
  try {
    const { id } = await answered(bound.provider.create(properties, musterMarks.write(mark), ctx), "create", clock);
    const endedAt = clock.now();
    await ledger.write({ remember: (memory) => withMade(memory, address, { intent, id }, endedAt) });
    return id;
  } catch (thrown) {
    const mayBe = asProviderError(thrown).kind === "unknown";
    const endedAt = clock.now();
    await ledger.write({
      remember: (memory) => ({
        ...memory,
        open: mayBe ? { ...memory.open, [address]: { intent, endedAt } } : without(memory.open, address),
      }),
    });
    throw thrown;
  }
}

function withMade(
  memory: ResourcesMemory,
  address: Address,
  made: ResourcesMemory["made"][string],
  endedAt: number,
): ResourcesMemory {
  const open = { ...memory.open, [address]: { intent: made.intent, endedAt } };
  return { ...memory, open, made: { ...memory.made, [address]: made } };
}

async function adopt(
  bound: BoundResource,
  step: DecidedStep,
  want: Wanted,
  found: Observed,
  hands: Hands,
): Promise<string> {
  const { address } = bound.resource;
  const events = [decidedOf(address, step)];
  const intent = hands.nonce();
  const mark = markOf(bound, hands.stack, intent);
  if (bound.known === "claim") {
    await hands.ledger.write({ claim: claimOn(bound, found.id, mark), events });
  } else if (bound.known === "tags" && bound.provider.retag !== undefined) {
    await hands.ledger.write({
      events,
      remember: (memory) => ({ ...memory, made: { ...memory.made, [address]: { intent, id: found.id } } }),
    });
    await answered(bound.provider.retag(found.id, musterMarks.write(mark), PATIENT), "adopt", hands.clock);
  } else {
    throw new ProviderError("invalid", `things of ${bound.type.name} cannot be taken in`);
  }
  return step.changes.length === 0 ? found.id : update(bound, want, found, hands);
}

async function update(bound: BoundResource, want: Wanted, found: Observed, { clock }: Hands): Promise<string> {
  const properties = fitting(bound, want);
  if (bound.known === "task" || bound.provider.update === undefined) {
    throw new ProviderError("invalid", `${bound.type.name} cannot be changed in place`);
  }
  const { ignore } = bound.resource;
  const ctx: Ctx = { ...PATIENT, digests: managedOf(want.digests, ignore) };
  await answered(bound.provider.update(found, managedOf(properties, ignore), ctx), "change", clock);
  return found.id;
}

/** What is only given to a new thing is none of an old one's business. */
function managedOf<T>(properties: Readonly<Record<string, T>>, ignore: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !ignore.includes(key)));
}

async function destroy(bound: BoundResource, found: Observed, { ledger, clock }: Hands): Promise<string> {
  const { address } = bound.resource;
  if (bound.known === "task") throw new ProviderError("invalid", `${address} is nothing that can be destroyed`);
  await answered(bound.provider.destroy(found.id, PATIENT), "destroy", clock);
  if (bound.known === "claim") {
    await ledger.write({ release: { type: bound.type.name, scope: bound.provider.scope, id: found.id } });
  } else {
    await ledger.write({
      remember: (memory) => ({ ...memory, open: without(memory.open, address), made: without(memory.made, address) }),
    });
  }
  return found.id;
}

async function refresh(
  bound: BoundResource,
  want: Wanted,
  found: Observed | undefined,
  { clock }: Hands,
): Promise<void> {
  if (bound.known === "task") {
    await answered(bound.provider.run(fitting(bound, want), PATIENT), "run", clock);
  } else if (bound.provider.refresh !== undefined && found !== undefined) {
    await answered(bound.provider.refresh(found, want.properties, PATIENT), "refresh", clock);
  }
}

/** What came from elsewhere is of the kind that the type takes, or it is not given to it. */
function fitting({ resource, type }: BoundResource, { properties, unknown }: Wanted): JsonObject {
  const [missing] = Object.values(unknown);
  if (missing !== undefined) throw new ProviderError("retryable", `${missing.text} is not known yet`);
  const read = type.schema.safeParse(properties);
  if (read.success) return properties;
  const [issue] = read.error.issues;
  const where = issue === undefined ? "" : `${issue.path.join(".")}: ${issue.message}`;
  throw new ProviderError("invalid", `${resource.address} cannot be made of what it is given: ${where}`);
}

function there(found: Observed | undefined, address: Address): Observed {
  if (found !== undefined) return found;
  throw new ProviderError("retryable", `${address} is not there any more`);
}

/** Nobody hangs up on a call; but whoever waits for its answer goes on without. */
function answered<T>(call: Promise<T>, what: string, clock: Clock): Promise<T> {
  return withDeadline(call, CALL_MS, clock, `the ${what} was not answered`);
}

function markOf({ resource }: BoundResource, stack: string, intent: string): Mark {
  return { stack, owner: resourceOwner(resource.address), intent, revision: "resource" };
}

function claimOn(bound: Extract<BoundResource, { known: "claim" }>, id: string, mark: Mark): Claim {
  return { type: bound.type.name, scope: bound.provider.scope, id, mark };
}
