/** What is seen of resources. Each provider is asked for its list once in a look, and only where somebody needs it. */
import type { Sighting, Wanted } from "@muster/engine";
import {
  type Address,
  addressOfOwner,
  hashJson,
  type Json,
  type Mark,
  musterMarks,
  type Observed,
  type PlanTrouble,
  resourceOwner,
} from "@muster/model";
import { asProviderError, type Ctx, type TaggedProvider } from "@muster/plugin";
import type { Claim, Store } from "@muster/store";
import { withDeadline } from "../deadline.ts";
import { OWNER as FRONT_OWNER } from "../front/claims.ts";
import type { Clock } from "../ports.ts";
import type { BoundResource } from "./bound.ts";
import type { ResourcesMemory } from "./memory.ts";

/** What was found, or why nobody can tell. `lookedAt`: when the look began that it rests on. */
export type Seen =
  | {
      readonly kind: "seen";
      readonly sighting: Sighting;
      readonly lookedAt: number;
      /** Things that bear the same mark and are younger: somebody has made it twice. */
      readonly surplus: readonly Observed[];
    }
  | { readonly kind: "untold"; readonly trouble: PlanTrouble; readonly next?: string };

/** A thing with the mark that it bears. */
export interface Listed {
  readonly observed: Observed;
  readonly mark: Mark | undefined;
}

export interface Sight {
  see(bound: BoundResource, want: Wanted): Promise<Seen>;
  /** Everything that a provider has. Throws ProviderError. */
  list(provider: TaggedProvider, of: { readonly type: string; readonly settings: Json }): Promise<readonly Listed[]>;
}

export interface SightDeps {
  readonly stack: string;
  readonly store: Pick<Store, "claims" | "claimed">;
  readonly clock: Clock;
  memory(): ResourcesMemory;
}

/** A list that never ends is no look. In milliseconds. */
const LOOK_MS = 120_000;

interface List {
  readonly startedAt: number;
  readonly all: readonly Listed[];
  readonly owned: ReadonlyMap<Address, readonly Listed[]>;
  named(naming: string): ReadonlyMap<string, readonly Listed[]>;
}

export function openSight({ stack, store, clock, memory }: SightDeps): Sight {
  const lists = new Map<string, Promise<List>>();
  let claims: Promise<ReadonlyMap<string, Claim>> | undefined;

  function ownClaims(): Promise<ReadonlyMap<string, Claim>> {
    claims ??= store.claims(stack).then((all) => new Map(all.map((claim) => [wordOf(claim), claim])));
    return claims;
  }

  function listOf(provider: TaggedProvider, { type, settings }: { type: string; settings: Json }): Promise<List> {
    const key = `${type} ${hashJson(settings)}`;
    const known = lists.get(key);
    if (known !== undefined) return known;
    const list = asked((ctx) => everything(provider, stack, clock.now(), ctx), `${type} was not listed`);
    lists.set(key, list);
    return list;
  }

  function asked<T>(ask: (ctx: Ctx) => Promise<T>, what: string): Promise<T> {
    const over = new AbortController();
    return withDeadline(ask({ signal: over.signal }), LOOK_MS, clock, what).catch((thrown) => {
      over.abort(thrown);
      throw thrown;
    });
  }

  async function seeTask(bound: Extract<BoundResource, { known: "task" }>, want: Wanted): Promise<Seen> {
    const lookedAt = clock.now();
    const [unknown] = Object.values(want.unknown);
    const seen = (sighting: Sighting): Seen => ({ kind: "seen", sighting, lookedAt, surplus: [] });
    if (bound.resource.ensure === "absent") return seen({ kind: "done" });
    if (unknown !== undefined) return seen({ kind: "due", why: `${unknown.address} is made first` });
    const why = await asked(
      (ctx) => bound.provider.due(want.properties, ctx),
      `${bound.resource.address} was not asked`,
    );
    return seen(why === undefined ? { kind: "done" } : { kind: "due", why });
  }

  async function seeClaimed(bound: Extract<BoundResource, { known: "claim" }>, want: Wanted): Promise<Seen> {
    const { provider, type, resource } = bound;
    const lookedAt = clock.now();
    const id = want.properties[type.naming];
    // Its name comes from something that is not made yet.
    if (typeof id !== "string") return { kind: "seen", sighting: { kind: "missing" }, lookedAt, surplus: [] };
    const observed = await asked((ctx) => provider.read(id, ctx), `${resource.address} was not looked at`);
    if (observed === undefined) return { kind: "seen", sighting: { kind: "missing" }, lookedAt, surplus: [] };
    const key = { type: type.name, scope: provider.scope, id };
    const claim = (await ownClaims()).get(wordOf(key)) ?? (await store.claimed(key.type, key.scope, key.id));
    const ours = claim?.mark.stack === stack && claim.mark.owner === resourceOwner(resource.address);
    // What a front file has let go is nobody's: a file is either.
    const isLeft = claim?.mark.stack === stack && claim.mark.owner === FRONT_OWNER;
    if (claim !== undefined && !ours && !isLeft) return anothers(id, claim.mark);
    return { kind: "seen", sighting: { kind: "there", observed, ours }, lookedAt, surplus: [] };
  }

  async function seeTagged(bound: Extract<BoundResource, { known: "tags" }>, want: Wanted): Promise<Seen> {
    const { provider, type, resource, settings } = bound;
    const list = await listOf(provider, { type: type.name, settings });
    const lookedAt = list.startedAt;
    const there = (listed: Listed, ours: boolean, surplus: readonly Observed[] = []): Seen => {
      return { kind: "seen", sighting: { kind: "there", observed: listed.observed, ours }, lookedAt, surplus };
    };
    const [oldest, ...younger] = list.owned.get(resource.address) ?? [];
    if (oldest !== undefined)
      return there(
        oldest,
        true,
        younger.map(({ observed }) => observed),
      );
    if (resource.id !== undefined) {
      const wanted = list.all.find(({ observed }) => observed.id === resource.id);
      if (wanted === undefined) return { kind: "seen", sighting: { kind: "missing" }, lookedAt, surplus: [] };
      return wanted.mark === undefined ? there(wanted, false) : anothers(resource.id, wanted.mark);
    }
    const made = memory().made[resource.address];
    if (made !== undefined && (await isStillThere(provider, made.id))) {
      return untold("look.not-listed", `${made.id} is there, and the list does not show it`);
    }
    const name = type.naming === undefined ? undefined : want.properties[type.naming];
    const called =
      typeof name === "string" && type.naming !== undefined ? (list.named(type.naming).get(name) ?? []) : [];
    const free = called.filter(({ mark }) => mark === undefined);
    const [only, another] = free;
    if (only !== undefined && another !== undefined) {
      const ids = free.map(({ observed }) => observed.id).join(", ");
      const next = `Say which: \`id: "${only.observed.id}"\` with the resource; or give the others other names.`;
      return untold("name.ambiguous", `${free.length} things of ${type.name} are called ${String(name)}: ${ids}`, next);
    }
    if (only !== undefined) return there(only, false);
    const [foreign] = called;
    if (foreign?.mark !== undefined && !isGone(memory(), resource.address)) {
      return anothers(`${foreign.observed.id}, which is called ${String(name)},`, foreign.mark);
    }
    return { kind: "seen", sighting: { kind: "missing" }, lookedAt, surplus: [] };
  }

  async function isStillThere(provider: TaggedProvider, id: string): Promise<boolean> {
    if (provider.read === undefined) return false;
    const { read } = provider;
    return (await asked((ctx) => read(id, ctx), `${id} was not looked at`)) !== undefined;
  }

  return {
    async see(bound, want) {
      try {
        switch (bound.known) {
          case "task":
            return await seeTask(bound, want);
          case "claim":
            return await seeClaimed(bound, want);
          case "tags":
            return await seeTagged(bound, want);
        }
      } catch (thrown) {
        const error = asProviderError(thrown);
        return untold(`look.${error.kind}`, error.message);
      }
    },
    list: async (provider, of) => (await listOf(provider, of)).all,
  };
}

function untold(reason: string, message: string, next?: string): Seen {
  return { kind: "untold", trouble: { reason, message }, ...(next === undefined ? {} : { next }) };
}

function anothers(id: string, { stack, owner }: Mark): Seen {
  const address = addressOfOwner(owner);
  const whose = address === undefined ? `group ${owner}` : address;
  const next = "Declare it there no longer; or declare this one under another name.";
  return untold("belongs.elsewhere", `${id} belongs to ${whose} of the stack ${stack}`, next);
}

/** A create that is open may have made it. */
function isGone({ open }: ResourcesMemory, address: Address): boolean {
  return Object.hasOwn(open, address);
}

function wordOf({ type, scope, id }: Pick<Claim, "type" | "scope" | "id">): string {
  return `${type}\n${scope}\n${id}`;
}

async function everything(provider: TaggedProvider, stack: string, startedAt: number, ctx: Ctx): Promise<List> {
  const byId = new Map<string, Listed>();
  for await (const page of provider.list({}, ctx)) {
    for (const observed of page) byId.set(observed.id, { observed, mark: musterMarks.read(observed.tags) });
  }
  const all = [...byId.values()];
  const owned = new Map<Address, Listed[]>();
  for (const listed of all.toSorted(byAge)) {
    const address = listed.mark?.stack === stack ? addressOfOwner(listed.mark.owner) : undefined;
    if (address !== undefined) owned.set(address, [...(owned.get(address) ?? []), listed]);
  }
  const byName = new Map<string, ReadonlyMap<string, readonly Listed[]>>();
  return {
    startedAt,
    all,
    owned,
    named(naming) {
      const known = byName.get(naming) ?? Map.groupBy(all, ({ observed }) => String(observed.properties[naming] ?? ""));
      byName.set(naming, known);
      return known;
    },
  };
}

/** Oldest first; of two that came to be at once, the one of the smaller id. */
function byAge({ observed: a }: Listed, { observed: b }: Listed): number {
  return a.since - b.since || (a.id < b.id ? -1 : 1);
}
