/**
 * One pass over the resources of a stack: each is looked at and decided about when all that it rests on has been, those that
 * do not rest on each other at the same time. `plan` and `drift` make the same pass without hands.
 */
import { type DecidedStep, decideResource, type ResourceSituation, type Wanted } from "@muster/engine";
import {
  type Address,
  type Cause,
  inOrder,
  MusterError,
  type Observed,
  type ResourceStep,
  UNKNOWN,
} from "@muster/model";
import { type Assessment, asProviderError, resourceGraph } from "@muster/plugin";
import { bounded } from "../bounded.ts";
import { PATIENT } from "../patience.ts";
import type { Clock } from "../ports.ts";
import { type BindDeps, type BoundResource, bindResource, typeNamed } from "./bound.ts";
import { carryOut, type Hands } from "./carry-out.ts";
import type { ResourcesMemory } from "./memory.ts";
import type { Seen, Sight } from "./sight.ts";
import { removeSurplus } from "./surplus.ts";
import type { ResourcesTask, Tended } from "./tended.ts";
import { type End, type Visited, valuesAfter, valuesOf, valuesToBe, whatBlocks } from "./visited.ts";
import { type Secrets, wantedNow } from "./wanted.ts";

export interface PassDeps extends BindDeps, Secrets {
  readonly clock: Clock;
  readonly sight: Sight;
  memory(): ResourcesMemory;
  /** Declared otherwise than when it was last as declared. */
  isPending(address: Address): boolean;
  /** What keeps it from being tried now; undefined: nothing does. */
  restingUntil(address: Address): { readonly until: number; readonly message: string } | undefined;
  /** Missing: nothing is touched, and only told. */
  readonly hands?: Hands;
  /** Nothing more is begun. */
  readonly letGo?: AbortSignal;
}

/** So many resources are being changed at once. */
const AT_ONCE = 16;

/** All of them, in the order in which they are begun. */
export async function passOver(task: ResourcesTask, deps: PassDeps): Promise<readonly Visited[]> {
  const resources = Object.fromEntries([...task.tended].map(([address, { resource }]) => [address, resource]));
  const graph = resourceGraph(resources, ({ type }) => typeNamed(deps.catalog, type));
  const changing = bounded(AT_ONCE);
  const visits = new Map<Address, Promise<Visited>>();
  const referenced = new Set(referencedIn(graph));
  for (const address of inOrder(graph)) {
    const tended = task.tended.get(address);
    if (tended === undefined) continue;
    const before = [...(graph.get(address) ?? [])].flatMap((each) => visits.get(each) ?? []);
    visits.set(address, visit(tended, before));
  }

  async function visit(tended: Tended, before: readonly Promise<Visited>[]): Promise<Visited> {
    const earlier = before.length === 0 ? [] : await Promise.all(before);
    const { resource } = tended;
    const { address } = resource;
    const blocked = earlier.map(whatBlocks).find((why) => why !== undefined);
    if (blocked !== undefined && deps.hands !== undefined) return ended(address, { kind: "skipped", message: blocked });
    try {
      const bound = await bindResource(resource, task, deps);
      const want = wantedNow(bound, lookupIn(earlier), deps);
      return await seeTo(tended, bound, want, earlier);
    } catch (thrown) {
      return ended(address, unseen(thrown));
    }
  }

  async function seeTo(
    { resource, fate }: Tended,
    bound: BoundResource,
    want: Wanted,
    earlier: readonly Visited[],
  ): Promise<Visited> {
    const { address } = resource;
    const seen = await deps.sight.see(bound, want);
    if (seen.kind === "untold") {
      const { trouble, next } = seen;
      return ended(address, { kind: "untold", ...trouble, ...(next === undefined ? {} : { next }) });
    }
    const { sighting } = seen;
    if (deps.hands !== undefined) await removeSurplus(bound, seen.surplus, deps.hands);
    const found = sighting.kind === "there" ? sighting.observed : undefined;
    const cause: Cause = fate !== "declared" || deps.isPending(address) ? "intentional" : "corrective";
    const situation: ResourceSituation = {
      ...{ resource, want, traits: bound.traits, seen: sighting, cause, mode: task.mode, allow: task.allow },
      told: earlier.filter(({ changed, notify }) => changed && notify.includes(address)).map((each) => each.address),
      // A name says which file it was; of a droplet only its mark does.
      onlyOurs: fate === "leaving" || (fate === "pruned" && bound.known === "tags"),
    };
    const decided = await decideWith(bound, found, situation);
    if (decided === undefined) {
      const valueOf = found === undefined ? valuesToBe(want) : valuesOf(found, want);
      return { address, end: { kind: "kept" }, id: found?.id, valueOf, changed: false, notify: resource.notify };
    }
    const step: ResourceStep = { address, ...decided, after: stepsOf(earlier) };
    const valueOf = valuesAfter(decided, found, want);
    const common = { address, step, id: found?.id, valueOf, notify: resource.notify };
    if (decided.held !== undefined || decided.effect === "impossible") {
      return { ...common, end: { kind: "held" }, changed: false, valueOf: found ? valuesOf(found, want) : valueOf };
    }
    const { hands } = deps;
    if (hands === undefined) return { ...common, end: { kind: "planned" }, changed: true };
    const waiting = whyNotNow(address, decided, bound, want, seen);
    if (waiting !== undefined) return { ...common, end: waiting, changed: false };
    return changing(() => doNow(common, decided, bound, want, found, hands));
  }

  async function doNow(
    common: Omit<Visited, "end" | "changed">,
    decided: DecidedStep,
    bound: BoundResource,
    want: Wanted,
    found: Observed | undefined,
    hands: Hands,
  ): Promise<Visited> {
    if (deps.letGo?.aborted === true) {
      return { ...common, end: { kind: "waiting", message: "Muster ended before it was begun" }, changed: false };
    }
    const carried = await carryOut(bound, decided, want, found, hands);
    if (carried.kind === "failed") {
      return { ...common, end: { kind: "failed", message: carried.error.message }, changed: false };
    }
    const { id } = carried;
    const now = referenced.has(common.address) && id !== undefined ? await readAgain(bound, id) : undefined;
    const valueOf = now === undefined ? common.valueOf : valuesOf(now, want);
    return { ...common, id, end: { kind: "done" }, changed: true, valueOf };
  }

  /** What is the case that nobody but its provider knows, where something is to be done. */
  async function decideWith(
    bound: BoundResource,
    found: Observed | undefined,
    situation: ResourceSituation,
  ): Promise<DecidedStep | undefined> {
    const first = decideResource(situation);
    if (first === undefined || bound.known === "task" || bound.provider.assess === undefined) return first;
    if (first.effect === "destroy" || first.effect === "refresh") return first;
    const managed = Object.entries(situation.want.properties).filter(
      ([key]) => found === undefined || !bound.resource.ignore.includes(key),
    );
    let assessed: Assessment;
    try {
      assessed = await bound.provider.assess(found, Object.fromEntries(managed), PATIENT);
    } catch (thrown) {
      const error = asProviderError(thrown);
      if (error.kind !== "invalid") throw thrown;
      const next = "Declare what its provider has.";
      return { ...first, effect: "impossible", why: error.message, next };
    }
    return decideResource({ ...situation, assessed });
  }

  /** What must be known, or be over, before the step can be begun. */
  function whyNotNow(
    address: Address,
    { effect }: DecidedStep,
    bound: BoundResource,
    { unknown }: Wanted,
    { lookedAt }: Extract<Seen, { kind: "seen" }>,
  ): End | undefined {
    const [missing] = Object.values(unknown);
    if (missing !== undefined && effect !== "destroy") {
      return { kind: "waiting", message: `${missing.text} is not known yet` };
    }
    const open = deps.memory().open[address];
    if (open !== undefined && bound.known === "tags" && effect === "create") {
      const settled = (open.endedAt ?? deps.clock.now()) + bound.type.settleMs;
      if (lookedAt < settled) {
        return { kind: "waiting", message: "what came of its creation is not told yet", until: settled };
      }
    }
    const resting = deps.restingUntil(address);
    return resting === undefined ? undefined : { kind: "failed", ...resting };
  }

  async function readAgain(bound: BoundResource, id: string): Promise<Observed | undefined> {
    if (bound.known === "task" || bound.provider.read === undefined) return undefined;
    try {
      return await bound.provider.read(id, PATIENT);
    } catch {
      // Whoever needs it waits for the next look, which tells why it cannot be read.
      return undefined;
    }
  }

  return Promise.all(visits.values());

  /** Those whose values somebody else takes: they are read once more when they have been made. */
  function* referencedIn(edges: typeof graph): Iterable<Address> {
    for (const before of edges.values()) yield* before;
  }
}

function lookupIn(earlier: readonly Visited[]) {
  return ({ address, property }: { readonly address: Address; readonly property: string }) => {
    return earlier.find((each) => each.address === address)?.valueOf(property) ?? UNKNOWN;
  };
}

function stepsOf(earlier: readonly Visited[]): readonly Address[] {
  return earlier.flatMap(({ address, step }) => (step === undefined ? [] : [address]));
}

function ended(address: Address, end: End): Visited {
  return { address, end, valueOf: () => UNKNOWN, changed: false, notify: [] };
}

function unseen(thrown: unknown): End {
  if (thrown instanceof MusterError) {
    if (thrown.code === "stack.lost") throw thrown;
    return { kind: "untold", reason: thrown.code, message: thrown.message, next: thrown.next };
  }
  const error = asProviderError(thrown);
  return { kind: "untold", reason: `look.${error.kind}`, message: error.message };
}
