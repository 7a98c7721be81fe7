/** Does one step. Whatever is about to be done has been written down before. */
import type { DecidedStep } from "@muster/engine";
import {
  type Address,
  type EventDraft,
  type JsonObject,
  type Mark,
  musterMarks,
  type Observed,
  resourceOwner,
} from "@muster/model";
import { asProviderError, type Ctx, ProviderError } from "@muster/plugin";
import type { Claim } from "@muster/store";
import { PATIENT } from "../patience.ts";
import type { Clock } from "../ports.ts";
import { answered } from "./asking.ts";
import type { BoundResource } from "./bound.ts";
import type { Entry, Ledger } from "./ledger.ts";
import { type Notice, type ResourcesMemory, without, withoutAll } from "./memory.ts";
import { heard, notTelling, telling } from "./notices.ts";
import { decidedOf, doneOf, failedOf, leftOf } from "./told.ts";
import type { WantedNow } from "./wanted.ts";

export interface Hands {
  readonly stack: string;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** A word that no other create has. */
  nonce(): string;
}

export type Carried =
  | { readonly kind: "done"; readonly id: string | undefined }
  | { readonly kind: "failed"; readonly message: string };

/** One step, with all that it is done with. */
export interface Job {
  readonly bound: BoundResource;
  readonly step: DecidedStep;
  readonly want: WantedNow;
  readonly found: Observed | undefined;
  /** What this resource has claimed, and what is handed on to it. */
  readonly claims: readonly Claim[];
}

/** Throws MusterError where what came of it cannot be written down. */
export async function carryOut(job: Job, hands: Hands): Promise<Carried> {
  const { address } = job.bound.resource;
  const { ledger } = hands;
  const notices = ledger.memory().told[address] ?? {};
  const before = ledger.memory().told;
  try {
    const id = await doStep(job, hands);
    const remember = hears(job.step) ? (memory: ResourcesMemory) => heard(memory, address, notices) : undefined;
    await ledger.write({ events: [doneOf(address, job.step, id)], remember });
    return { kind: "done", id };
  } catch (thrown) {
    const error = asProviderError(thrown);
    const message = job.want.hushed(error.message);
    // Of what may have been changed, a look will tell; whoever is told once too often is not hurt.
    const isOver = error.kind !== "unknown";
    const remember = isOver ? (memory: ResourcesMemory) => notTelling(memory, address, told(job), before) : undefined;
    await ledger.write({ events: [failedOf(address, job.step, message)], remember });
    return { kind: "failed", message };
  }
}

/** After these it is as if it were new: it knows of everything that was changed before. */
function hears({ effect }: DecidedStep): boolean {
  return effect !== "in-place" && effect !== "adopt";
}

/** Who is to hear of it: of a thing that is only taken in, nothing has changed. */
function told({ bound, step }: Job): readonly Address[] {
  return step.effect === "adopt" && step.changes.length === 0 ? [] : bound.resource.notify;
}

/** That it is about to be done, and what is to be remembered before it is. */
function begun(job: Job, more: Entry = {}): Entry {
  const { address } = job.bound.resource;
  const { cause } = job.step;
  const notice: Notice = { cause };
  const { remember, events = [], ...others } = more;
  return {
    ...others,
    events: [decidedOf(address, job.step), ...events],
    remember(memory) {
      const noted = telling(memory, address, told(job), notice);
      return remember === undefined ? noted : remember(noted);
    },
  };
}

async function doStep(job: Job, hands: Hands): Promise<string | undefined> {
  const { bound, step, found } = job;
  const { ledger } = hands;
  const { address } = bound.resource;
  switch (step.effect) {
    case "create":
      return create(job, hands, (entry) => begun(job, entry));
    case "replace": {
      // What could not be made anew is not destroyed.
      fitting(job);
      await ledger.write(begun(job));
      await destroy(job, there(found, address), hands);
      return create(job, hands, (entry) => entry);
    }
    case "adopt":
      return adopt(job, there(found, address), hands);
    case "in-place":
    case "restart":
      fitting(job);
      await ledger.write(begun(job));
      return update(job, there(found, address), hands);
    case "destroy":
      await ledger.write(begun(job));
      return destroy(job, there(found, address), hands);
    case "run":
    case "refresh":
      await ledger.write(begun(job));
      await refresh(job, hands);
      return found?.id;
    case "impossible":
      throw new ProviderError("invalid", step.why);
  }
}

/** @param note what is written down before the call, with what is to be written beside it */
async function create(job: Job, hands: Hands, note: (entry: Entry) => Entry): Promise<string> {
  const { bound, want } = job;
  const { address } = bound.resource;
  const { ledger, clock, stack } = hands;
  const properties = fitting(job);
  const ctx: Ctx = { ...PATIENT, digests: want.digests };
  if (bound.known === "task") throw new ProviderError("invalid", `${address} is nothing that can be made`);
  const intent = hands.nonce();
  const mark = markOf(bound, stack, intent);
  if (bound.known === "claim") {
    const claim = claimOn(bound, String(properties[bound.type.naming]), mark);
    await ledger.write(note({ claim, ...handedOn(job, claim) }));
    try {
      const { id } = await answered(bound.provider.create(properties, {}, ctx), "create", clock);
      return id;
    } catch (thrown) {
      // What was not made is not ours; of what may have been, a look will tell.
      if (asProviderError(thrown).kind !== "unknown") await ledger.write({ release: [claim] });
      throw thrown;
    }
  }
  await ledger.write(note({ remember: (memory) => withOpen(memory, address, { intent }) }));
  try {
    const { id } = await answered(bound.provider.create(properties, musterMarks.write(mark), ctx), "create", clock);
    const endedAt = clock.now();
    await ledger.write({
      remember(memory) {
        const made = { ...memory.made, [address]: { intent, id } };
        return { ...withOpen(memory, address, { intent, endedAt }), made };
      },
    });
    return id;
  } catch (thrown) {
    const mayBe = asProviderError(thrown).kind === "unknown";
    const endedAt = clock.now();
    await ledger.write({
      remember: (memory) =>
        mayBe ? withOpen(memory, address, { intent, endedAt }) : { ...memory, open: without(memory.open, address) },
    });
    throw thrown;
  }
}

function withOpen(memory: ResourcesMemory, address: Address, open: ResourcesMemory["open"][string]): ResourcesMemory {
  return { ...memory, open: { ...memory.open, [address]: open } };
}

async function adopt(job: Job, found: Observed, hands: Hands): Promise<string> {
  const { bound, step } = job;
  const { address } = bound.resource;
  const { ledger, clock, stack } = hands;
  const intent = hands.nonce();
  const mark = markOf(bound, stack, intent);
  if (bound.known === "claim") {
    const claim = claimOn(bound, found.id, mark);
    await ledger.write(begun(job, { claim, ...handedOn(job, claim) }));
  } else if (bound.known === "tags" && bound.provider.retag !== undefined) {
    await ledger.write(begun(job));
    await answered(bound.provider.retag(found.id, musterMarks.write(mark), PATIENT), "adopt", clock);
    await ledger.write({
      remember: (memory) => ({ ...memory, made: { ...memory.made, [address]: { intent, id: found.id } } }),
    });
  } else {
    throw new ProviderError("invalid", `things of ${bound.type.name} cannot be taken in`);
  }
  return step.changes.length === 0 ? found.id : update(job, found, hands);
}

/** Claims that go when this one is taken: what it was before stays, and whoever had this one before has it no more. */
function handedOn({ bound, claims }: Job, { id, mark }: Claim): Pick<Entry, "release" | "events"> {
  const { address } = bound.resource;
  const release = claims.filter((each) => each.id !== id || each.mark.owner !== mark.owner);
  const left = release.filter((each) => each.id !== id);
  return { release, events: left.map((each): EventDraft => leftOf(address, each.id)) };
}

async function update(job: Job, found: Observed, { clock }: Hands): Promise<string> {
  const { bound, want } = job;
  const properties = fitting(job);
  if (bound.known === "task" || bound.provider.update === undefined) {
    throw new ProviderError("invalid", `${bound.type.name} cannot be changed in place`);
  }
  // What is only given to a new thing is none of an old one's business.
  const isIgnored = (key: string) => bound.resource.ignore.includes(key);
  const ctx: Ctx = { ...PATIENT, digests: withoutAll(want.digests, isIgnored) };
  await answered(bound.provider.update(found, withoutAll(properties, isIgnored), ctx), "change", clock);
  return found.id;
}

async function destroy({ bound, claims }: Job, found: Observed, { ledger, clock }: Hands): Promise<string> {
  const { address } = bound.resource;
  if (bound.known === "task") throw new ProviderError("invalid", `${address} is nothing that can be destroyed`);
  await answered(bound.provider.destroy(found.id, PATIENT), "destroy", clock);
  if (bound.known === "claim") {
    await ledger.write({ release: claims });
  } else {
    await ledger.write({
      remember: (memory) => ({ ...memory, open: without(memory.open, address), made: without(memory.made, address) }),
    });
  }
  return found.id;
}

async function refresh(job: Job, { clock }: Hands): Promise<void> {
  const { bound, want, found } = job;
  if (bound.known === "task") {
    await answered(bound.provider.run(fitting(job), PATIENT), "run", clock);
  } else if (bound.provider.refresh !== undefined && found !== undefined) {
    await answered(bound.provider.refresh(found, want.properties, PATIENT), "refresh", clock);
  }
}

/** What came from elsewhere is of the kind that the type takes, or it is not given to it. */
function fitting({ bound: { resource, type }, want: { properties, unknown } }: Job): JsonObject {
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

function markOf({ resource }: BoundResource, stack: string, intent: string): Mark {
  return { stack, owner: resourceOwner(resource.address), intent, revision: "resource" };
}

function claimOn(bound: Extract<BoundResource, { known: "claim" }>, id: string, mark: Mark): Claim {
  return { type: bound.type.name, scope: bound.provider.scope, id, mark };
}
