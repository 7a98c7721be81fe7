/** Things of a purged type that no stack declares. */
import { type Address, addressOf, ownOf, type ResourceStep, type Stack, type UnmanagedThing } from "@muster/model";
import { asProviderError, type ClaimedProvider, ProviderError, type Type } from "@muster/plugin";
import type { Store } from "@muster/store";
import { PATIENT } from "../patience.ts";
import { settingsFor } from "../providers.ts";
import type { BindDeps } from "./bound.ts";
import type { Hands } from "./carry-out.ts";
import type { Sight } from "./sight.ts";
import type { ResourcesTask } from "./tended.ts";
import { decidedOf, doneOf, failedOf } from "./told.ts";
import type { Visited } from "./visited.ts";

export interface Purged {
  /** Those that are to be destroyed. */
  readonly steps: readonly ResourceStep[];
  /** Those that are only listed. */
  readonly listed: readonly UnmanagedThing[];
  /** Types of which nobody could tell, and why. */
  readonly untold: readonly { readonly address: Address; readonly reason: string; readonly message: string }[];
}

export interface PurgeDeps extends BindDeps {
  readonly store: Pick<Store, "claimed">;
  readonly sight: Sight;
}

/** @param visited what was found of the declared ones: while one of them is not told of, nothing of its type is purged */
export async function findPurged(task: ResourcesTask, visited: readonly Visited[], deps: PurgeDeps): Promise<Purged> {
  const steps: ResourceStep[] = [];
  const listed: UnmanagedThing[] = [];
  const untold: Purged["untold"][number][] = [];
  for (const [name, purge] of Object.entries(task.purge)) {
    try {
      const things = await unmanagedOf(name, task, visited, deps);
      if (purge === "noop") listed.push(...things);
      else steps.push(...things.map((thing) => stepFor(thing, task.mode)));
    } catch (thrown) {
      const { kind, message } = asProviderError(thrown);
      untold.push({ address: addressOf(name, "*"), reason: `look.${kind}`, message });
    }
  }
  return { steps, listed, untold };
}

function stepFor({ type, id, name }: UnmanagedThing, mode: Stack["mode"]): ResourceStep {
  const held =
    mode === "observe"
      ? {
          held: { reason: "observe", message: "the stack is only observed" },
          next: "Declare `mode: enforce` to have it done.",
        }
      : {};
  const why = `no stack declares it, and this one purges ${type}`;
  return {
    address: addressOf(type, name ?? id),
    effect: "destroy",
    id,
    cause: "corrective",
    why,
    changes: [],
    after: [],
    ...held,
  };
}

async function unmanagedOf(
  name: string,
  task: ResourcesTask,
  visited: readonly Visited[],
  deps: PurgeDeps,
): Promise<readonly UnmanagedThing[]> {
  const type = deps.catalog.type(name, "muster");
  if (type === undefined) throw new ProviderError("unavailable", `there is no type \`${name}\``);
  const unclear = visited.find(({ address, end }) => address.startsWith(`${name}.`) && isUnclear(end));
  if (unclear !== undefined) throw new ProviderError("retryable", `${unclear.address} is not told of`);
  const own = new Set(visited.flatMap(({ address, id }) => (address.startsWith(`${name}.`) ? (id ?? []) : [])));
  const settings = settingsFor(type, task.providers, deps.settings);
  const provider = await deps.providers.open(type, settings);
  if (type.known === "tags" && provider.known === "tags") {
    const all = await deps.sight.list(provider, { type: name, settings });
    return all.flatMap(({ observed: { id, properties }, mark }) => {
      return mark !== undefined || own.has(id) ? [] : [thing(type, id, properties)];
    });
  }
  if (provider.known === "claim" && provider.list !== undefined) return unclaimedOf(type, provider, own, deps);
  throw new ProviderError("invalid", `things of ${name} cannot be listed, so nobody can tell which are not declared`);
}

function isUnclear({ kind }: Visited["end"]): boolean {
  return kind === "untold" || kind === "skipped" || kind === "waiting";
}

async function unclaimedOf(
  type: Type,
  { list, scope }: ClaimedProvider,
  own: ReadonlySet<string>,
  { store }: PurgeDeps,
): Promise<readonly UnmanagedThing[]> {
  const found: UnmanagedThing[] = [];
  for await (const page of list?.(PATIENT) ?? []) {
    for (const { id, properties } of page) {
      if (own.has(id) || (await store.claimed(type.name, scope, id)) !== undefined) continue;
      found.push(thing(type, id, properties));
    }
  }
  return found;
}

function thing(type: Type, id: string, properties: Readonly<Record<string, unknown>>): UnmanagedThing {
  const name = type.naming === undefined ? undefined : ownOf(properties, type.naming);
  return { type: type.name, id, ...(typeof name === "string" ? { name } : {}) };
}

/** Destroys them one after another; each is written down before. */
export async function carryOutPurge(
  steps: readonly ResourceStep[],
  task: ResourcesTask,
  deps: PurgeDeps,
  hands: Hands,
): Promise<void> {
  for (const step of steps) {
    const { address, id, held } = step;
    const type = deps.catalog.type(address.slice(0, address.indexOf(".")), "muster");
    if (id === undefined || held !== undefined || type === undefined) continue;
    await hands.ledger.write({ events: [decidedOf(address, step)] });
    try {
      const provider = await deps.providers.open(type, settingsFor(type, task.providers, deps.settings));
      await provider.destroy(id, PATIENT);
      await hands.ledger.write({ events: [doneOf(address, step, id)] });
    } catch (thrown) {
      await hands.ledger.write({ events: [failedOf(address, step, asProviderError(thrown).message)] });
    }
  }
}
