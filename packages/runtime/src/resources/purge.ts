/** Things of a purged type that no stack declares. */
import { type Address, addressOf, ownOf, type ResourceStep, type Stack, type UnmanagedThing } from "@muster/model";
import {
  asProviderError,
  type ClaimedProvider,
  type Ctx,
  type Provider,
  ProviderError,
  type Type,
} from "@muster/plugin";
import type { Store } from "@muster/store";
import { PATIENT } from "../patience.ts";
import type { Clock } from "../ports.ts";
import { settingsFor } from "../providers.ts";
import { answered, looked } from "./asking.ts";
import type { BindDeps } from "./bound.ts";
import type { Hands } from "./carry-out.ts";
import { goesOn, type Lasting, type Patience } from "./lasting.ts";
import type { Sight } from "./sight.ts";
import type { ResourcesTask } from "./tended.ts";
import { decidedOf, doneOf, failedOf } from "./told.ts";
import type { Turns } from "./turns.ts";
import { type End, ended, type Visited } from "./visited.ts";

export interface Purged {
  /** Those that are to be destroyed. */
  readonly doomed: readonly Doomed[];
  /** Those that are only listed. */
  readonly listed: readonly UnmanagedThing[];
  /** Types of which nobody could tell, and why. */
  readonly untold: readonly { readonly address: Address; readonly reason: string; readonly message: string }[];
}

export interface Doomed {
  readonly step: ResourceStep;
  readonly thing: UnmanagedThing;
  readonly provider: Provider;
  /** What its provider was opened with. */
  readonly settings: ReturnType<typeof settingsFor>;
}

export interface PurgeDeps extends BindDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, "claimed">;
  readonly sight: Sight;
}

/** @param visited what was found of the declared ones: while one of them is not told of, nothing of its type is purged */
export async function findPurged(task: ResourcesTask, visited: readonly Visited[], deps: PurgeDeps): Promise<Purged> {
  const doomed: Doomed[] = [];
  const listed: UnmanagedThing[] = [];
  const untold: Purged["untold"][number][] = [];
  for (const [name, purge] of Object.entries(task.purge)) {
    try {
      const { things, ...by } = await unmanagedOf(name, task, visited, deps);
      if (purge === "noop") listed.push(...things);
      else doomed.push(...things.map((thing) => ({ ...by, thing, step: stepFor(thing, task.mode) })));
    } catch (thrown) {
      const { kind, message } = asProviderError(thrown);
      untold.push({ address: addressOf(name, "*"), reason: `look.${kind}`, message });
    }
  }
  return { doomed, listed, untold };
}

function stepFor({ type, id, name }: UnmanagedThing, mode: Stack["mode"]): ResourceStep {
  const held =
    mode === "observe"
      ? {
          held: { reason: "observe", message: "the stack is only observed" },
          next: "Declare `mode: enforce` to have it done.",
        }
      : {};
  return {
    ...{ address: addressOf(type, name ?? id), effect: "destroy", id, cause: "corrective", changes: [], after: [] },
    why: `no stack declares it, and this one purges ${type}`,
    ...held,
  };
}

async function unmanagedOf(
  name: string,
  task: ResourcesTask,
  visited: readonly Visited[],
  deps: PurgeDeps,
): Promise<Pick<Doomed, "provider" | "settings"> & { readonly things: readonly UnmanagedThing[] }> {
  const type = deps.catalog.type(name, "muster");
  if (type === undefined) throw new ProviderError("unavailable", `there is no type \`${name}\``);
  const unclear = visited.find(({ address, end }) => address.startsWith(`${name}.`) && isUnclear(end));
  if (unclear !== undefined) throw new ProviderError("retryable", `${unclear.address} is not told of`);
  const own = new Set(visited.flatMap(({ address, id }) => (address.startsWith(`${name}.`) ? (id ?? []) : [])));
  const settings = settingsFor(type, task.providers, deps.settings);
  const provider = await looked(() => deps.providers.open(type, settings), `${name} was not opened`, deps.clock);
  if (type.known === "tags" && provider.known === "tags") {
    const all = await deps.sight.list(provider, { type: name, settings });
    const things = all.flatMap(({ observed: { id, properties }, mark }) => {
      return mark !== undefined || own.has(id) ? [] : [thing(type, id, properties)];
    });
    return { provider, settings, things };
  }
  if (provider.known === "claim" && provider.list !== undefined) {
    return { provider, settings, things: await unclaimedOf(type, provider, own, deps) };
  }
  throw new ProviderError("invalid", `things of ${name} cannot be listed, so nobody can tell which are not declared`);
}

function isUnclear({ kind }: End): boolean {
  return kind === "untold" || kind === "skipped" || kind === "waiting";
}

async function unclaimedOf(
  type: Type,
  provider: ClaimedProvider,
  own: ReadonlySet<string>,
  { store, clock }: PurgeDeps,
): Promise<readonly UnmanagedThing[]> {
  async function all(ctx: Ctx): Promise<readonly UnmanagedThing[]> {
    const found = new Map<string, UnmanagedThing>();
    for await (const page of provider.list?.(ctx) ?? []) {
      for (const { id, properties } of page) {
        if (own.has(id) || (await store.claimed(type.name, provider.scope, id)) !== undefined) continue;
        found.set(id, thing(type, id, properties));
      }
    }
    return [...found.values()];
  }
  return looked(all, `${type.name} was not listed`, clock);
}

function thing(type: Type, id: string, properties: Readonly<Record<string, unknown>>): UnmanagedThing {
  const name = type.naming === undefined ? undefined : ownOf(properties, type.naming);
  return { type: type.name, id, ...(typeof name === "string" ? { name } : {}) };
}

/** What the tries of one are counted by: two of them may bear one name. */
export function wordOfDoomed({ thing: { type, id } }: Doomed): string {
  return `purge ${type} ${id}`;
}

/** Destroys them, each written down before; answers how it went with each, in their order. */
export function carryOutPurge(
  doomed: readonly Doomed[],
  { turns, restingBecause, whyOver, lasting, patience }: PurgingDeps,
  hands: Hands,
): Promise<readonly Visited[]> {
  return Promise.all(
    doomed.map((each) => {
      const { step, thing, settings } = each;
      const word = wordOfDoomed(each);
      if (step.held !== undefined) return of(step, { kind: "held" });
      if (lasting.isUnderWay(word)) return goesOn(step.address);
      const over = whyOver();
      if (over !== undefined) return of(step, { kind: "waiting", message: over });
      const resting = restingBecause(word);
      if (resting !== undefined) return of(step, { kind: "failed", message: resting, untried: true });
      return patience.with(
        word,
        turns.changing({ type: { name: thing.type }, settings }, () => purge(each, hands)),
      );
    }),
  );
}

export interface PurgingDeps {
  readonly turns: Turns;
  restingBecause(word: string): string | undefined;
  whyOver(): string | undefined;
  readonly lasting: Pick<Lasting, "isUnderWay">;
  readonly patience: Patience;
}

async function purge({ step, thing: { id }, provider }: Doomed, { ledger, clock }: Hands): Promise<Visited> {
  const { address } = step;
  await ledger.write({ events: [decidedOf(address, step)] });
  try {
    await answered(provider.destroy(id, PATIENT), "destroy", clock);
  } catch (thrown) {
    const { message } = asProviderError(thrown);
    await ledger.write({ events: [failedOf(address, step, message)] });
    return of(step, { kind: "failed", message });
  }
  await ledger.write({ events: [doneOf(address, step, id)] });
  return of(step, { kind: "done" });
}

function of(step: ResourceStep, end: End): Visited {
  return { ...ended(step.address, end), step, id: step.id };
}
