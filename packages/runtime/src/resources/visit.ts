/** One resource in one pass: bound, looked at, decided about, and done what is to be done. */
import { type DecidedStep, decideResource, type ResourceSituation, type Sighting } from "@muster/engine";
import { type Address, type Cause, MusterError, type Observed, type ResourceStep, UNKNOWN } from "@muster/model";
import { type Assessment, asProviderError, type Ctx } from "@muster/plugin";
import type { Clock } from "../ports.ts";
import { looked } from "./asking.ts";
import { type BindDeps, type BoundResource, binder } from "./bound.ts";
import { carryOut, type Hands } from "./carry-out.ts";
import type { ResourcesMemory } from "./memory.ts";
import type { Found, Seen, Sight } from "./sight.ts";
import { removeSurplus } from "./surplus.ts";
import type { ResourcesTask, Tended } from "./tended.ts";
import type { Turns } from "./turns.ts";
import { type Block, type End, ended, type Visited, valuesAfter, valuesOf, valuesToBe, whatBlocks } from "./visited.ts";
import { whyNotYet } from "./waits.ts";
import { type SecretLookup, type Secrets, type WantedNow, wantedNow } from "./wanted.ts";

export interface VisitDeps extends BindDeps, Secrets {
  readonly clock: Clock;
  readonly sight: Sight;
  readonly turns: Turns;
  readonly memory: ResourcesMemory;
  /** Declared otherwise than when it was last as declared. */
  isPending(address: Address): boolean;
  /** What keeps it from being tried now; undefined: nothing does. */
  restingBecause(address: Address): string | undefined;
  /** It is not shown though it was made: when that was noticed first, ms since 1970. */
  missedSince(address: Address, lookedAt: number): number;
  /** A value is awaited for longer than is reasonable. */
  hasWaitedLong(address: Address): boolean;
  /** Missing: nothing is touched, and only told. */
  readonly hands?: Hands;
  /** Why nothing more is begun; undefined: it is. */
  whyOver?(): string | undefined;
  /** Hears of each what was looked for and what was seen. */
  witness?(witnessed: Witnessed): void;
}

/** A resource as it was looked at. */
export interface Witnessed {
  readonly bound: BoundResource;
  readonly want: WantedNow;
  readonly seen: Seen;
}

type Visit = (tended: Tended, earlier: readonly Visited[]) => Promise<Visited>;

/** Throws `stack.lost`, and nothing else. */
export function visiting(task: ResourcesTask, deps: VisitDeps & { isReferenced(address: Address): boolean }): Visit {
  const { clock, sight, turns } = deps;
  const bind = binder(task, deps);
  /** Where nothing is touched, one that cannot be has no bearing on the others. */
  const blocks = deps.hands !== undefined && task.mode === "enforce";

  async function visit(tended: Tended, earlier: readonly Visited[]): Promise<Visited> {
    const { resource } = tended;
    const { address } = resource;
    const block = blocks ? blockIn(earlier) : undefined;
    // What it rests on is being changed right now.
    if (block?.kind === "waiting") return ended(address, block);
    try {
      const bound = await bind(resource);
      const want = wantedNow(bound, lookupIn(earlier), deps);
      return await seeTo(tended, bound, want, earlier, block);
    } catch (thrown) {
      const end = unseen(thrown);
      return ended(address, block ?? end);
    }
  }

  async function seeTo(
    { resource, fate }: Tended,
    bound: BoundResource,
    want: WantedNow,
    earlier: readonly Visited[],
    block: Block | undefined,
  ): Promise<Visited> {
    const { address, notify, ignore } = resource;
    const seen = await sight.see(bound, want);
    deps.witness?.({ bound, want, seen });
    if (seen.kind === "untold") {
      const { trouble, next } = seen;
      // What is somebody else's by now is not this stack's to destroy: it is done with it.
      if (fate !== "declared" && trouble.reason === "belongs.elsewhere") return ended(address, { kind: "kept" });
      const message = want.hushed(trouble.message);
      const untold: End = { kind: "untold", reason: trouble.reason, message, ...(next === undefined ? {} : { next }) };
      return ended(address, block ?? untold);
    }
    const sighting = makesRoom(seen.sighting, earlier) ? MISSING : seen.sighting;
    const found = sighting.kind === "there" ? sighting.observed : undefined;
    // Nothing is waited for where there is nothing to do: a stack may have thousands of resources that are as declared.
    const others = seen.surplus.length === 0 ? seen.surplus : await tidied(bound, seen);
    const step = hushed(await decide({ resource, fate }, bound, want, sighting, earlier), want);
    const common = { address, id: found?.id, secret: want.secret, notify };
    const stays = found === undefined ? valuesToBe(want) : valuesOf(found, want, ignore);
    if (step === undefined) {
      if (resource.ensure === "absent") await forgotten(seen);
      return { ...common, end: { kind: "kept", ...noteOn(others) }, valueOf: stays, changed: false };
    }
    const planned: ResourceStep = { address, ...step, after: stepsOf(earlier) };
    if (step.held !== undefined || step.effect === "impossible") {
      return { ...common, step: planned, end: { kind: "held" }, valueOf: stays, changed: false };
    }
    const about = { ...common, step: planned, valueOf: valuesAfter(step, found, want, ignore) };
    const { hands } = deps;
    if (hands === undefined) return { ...about, end: { kind: "planned" }, changed: true };
    const waiting = block ?? whyNotYet(step, bound, want, seen, earlier, deps);
    if (waiting !== undefined) return { ...about, end: waiting, valueOf: stays, changed: false };
    return turns.changing(bound, () => doNow(about, step, bound, want, seen, hands));
  }

  /** Takes away what is too much of it; answers what is left to others. */
  async function tidied(bound: BoundResource, { surplus }: Found): Promise<readonly Observed[]> {
    if (deps.hands === undefined || task.mode !== "enforce" || deps.whyOver?.() !== undefined) return surplus;
    return removeSurplus(bound, surplus, deps.hands);
  }

  /** What is to be gone, and is, is claimed no longer. */
  async function forgotten({ sighting, claims }: Found): Promise<void> {
    const isGone = sighting.kind === "missing" || sighting.kind === "other";
    const own = claims.filter(({ mark }) => mark.stack === deps.hands?.stack);
    if (isGone && own.length > 0 && task.mode === "enforce") await deps.hands?.ledger.write({ release: own });
  }

  async function decide(
    { resource, fate }: Tended,
    bound: BoundResource,
    want: WantedNow,
    sighting: Sighting,
    earlier: readonly Visited[],
  ): Promise<DecidedStep | undefined> {
    const { address } = resource;
    const cause: Cause = fate !== "declared" || deps.isPending(address) ? "intentional" : "corrective";
    const situation: ResourceSituation = {
      ...{ resource, want, traits: bound.traits, seen: sighting, cause, mode: task.mode, allow: task.allow },
      ...noticesFor(address, earlier),
      // A name can be anybody's by now; a mark and a claim are ours.
      fate,
    };
    return assessed(bound, situation);
  }

  /** Those that were changed and that it has not heard of: of this pass, and of those before. */
  function noticesFor(address: Address, earlier: readonly Visited[]): Pick<ResourceSituation, "told" | "toldCause"> {
    const { told: notices = {} } = deps.memory.of(address);
    const planned = earlier.filter(({ changed, notify }) => changed && notify.includes(address));
    const told = [...new Set([...Object.keys(notices), ...planned.map((each) => each.address)])];
    const causes = [
      ...Object.values(notices).map(({ cause }) => cause),
      ...planned.flatMap(({ step }) => step?.cause ?? []),
    ];
    if (told.length === 0) return { told };
    return { told, toldCause: causes.includes("intentional") ? "intentional" : "corrective" };
  }

  /** What is the case that nobody but its provider knows, where something is to be done. */
  async function assessed(bound: BoundResource, situation: ResourceSituation): Promise<DecidedStep | undefined> {
    const first = decideResource(situation);
    if (situation.seen.kind === "other") return first;
    if (first === undefined || bound.known === "task" || bound.provider.assess === undefined) return first;
    if (first.effect === "destroy" || first.effect === "refresh") return first;
    const { seen, want } = situation;
    const found = seen.kind === "there" ? seen.observed : undefined;
    const managed = Object.entries(want.properties).filter(
      ([key]) => found === undefined || !bound.resource.ignore.includes(key),
    );
    let assessment: Assessment;
    try {
      const { provider } = bound;
      const what = `what ${bound.resource.address} would mean was not told`;
      const ask = async (ctx: Ctx) =>
        provider.assess?.(found, Object.fromEntries(managed), { ...ctx, digests: want.digests });
      assessment = (await looked(ask, what, clock)) ?? {};
    } catch (thrown) {
      const error = asProviderError(thrown);
      if (error.kind !== "invalid") throw thrown;
      const next = "Declare what its provider has.";
      return { ...first, effect: "impossible", why: error.message, next };
    }
    return decideResource({ ...situation, assessed: assessment });
  }

  async function doNow(
    about: Omit<Visited, "end" | "changed">,
    step: DecidedStep,
    bound: BoundResource,
    want: WantedNow,
    { sighting, claims }: Found,
    hands: Hands,
  ): Promise<Visited> {
    const over = deps.whyOver?.();
    if (over !== undefined) return { ...about, end: { kind: "waiting", message: over }, changed: false };
    const found = sighting.kind === "there" ? sighting.observed : undefined;
    const carried = await carryOut({ bound, step, want, found, claims }, hands);
    if (carried.kind === "failed")
      return { ...about, end: { kind: "failed", message: carried.message }, changed: false };
    const { id } = carried;
    const now = deps.isReferenced(about.address) && id !== undefined ? await readAgain(bound, id) : undefined;
    const is = now === undefined ? about : { ...about, valueOf: valuesOf(now, want, bound.resource.ignore) };
    return { ...is, id, end: { kind: "done" }, changed: true };
  }

  async function readAgain(bound: BoundResource, id: string): Promise<Observed | undefined> {
    if (bound.known === "task" || bound.provider.read === undefined) return undefined;
    const { provider } = bound;
    try {
      return await looked(async (ctx) => provider.read?.(id, ctx), `${id} was not looked at`, clock);
    } catch {
      // Whoever needs it waits for the next look, which tells why it cannot be read.
      return undefined;
    }
  }

  return visit;
}

/** One that waits weighs more than one that is skipped: nobody knows yet. */
function blockIn(earlier: readonly Visited[]): Block | undefined {
  const blocks = earlier.flatMap((each) => whatBlocks(each) ?? []);
  return blocks.find(({ kind }) => kind === "waiting") ?? blocks[0];
}

const MISSING: Sighting = { kind: "missing" };

/** What stands in its place goes before it: in a plan it is still there. */
function makesRoom(sighting: Sighting, earlier: readonly Visited[]): boolean {
  if (sighting.kind !== "other") return false;
  return earlier.some(({ id, step, end }) => {
    return id === sighting.id && step?.effect === "destroy" && (end.kind === "planned" || end.kind === "done");
  });
}

function lookupIn(earlier: readonly Visited[]): SecretLookup {
  return ({ address, property }) => {
    const visited = earlier.find((each) => each.address === address);
    return { value: visited?.valueOf(property) ?? UNKNOWN, secret: visited?.secret.has(property) ?? false };
  };
}

function hushed(step: DecidedStep | undefined, want: WantedNow): DecidedStep | undefined {
  return step && { ...step, why: want.hushed(step.why) };
}

function noteOn(others: readonly Observed[]): { readonly note?: string } {
  if (others.length === 0) return {};
  const ids = others.map(({ id }) => id).join(", ");
  return { note: `there is more than one of it; whoever made ${ids} takes that away` };
}

function stepsOf(earlier: readonly Visited[]): readonly Address[] {
  return earlier.flatMap(({ address, step }) => (step === undefined ? [] : [address]));
}

function unseen(thrown: unknown): End {
  if (thrown instanceof MusterError) {
    if (thrown.code === "stack.lost") throw thrown;
    return { kind: "untold", reason: thrown.code, message: thrown.message, next: thrown.next };
  }
  const error = asProviderError(thrown);
  return { kind: "untold", reason: `look.${error.kind}`, message: error.message };
}
