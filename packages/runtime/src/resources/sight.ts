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
  ownOf,
  type PlanTrouble,
  resourceOwner,
} from "@muster/model";
import { asProviderError, type Ctx, type TaggedProvider } from "@muster/plugin";
import type { Claim, Store } from "@muster/store";
import { OWNER as FRONT_OWNER } from "../front/claims.ts";
import type { Clock } from "../ports.ts";
import { looked } from "./asking.ts";
import type { BoundResource } from "./bound.ts";
import type { ResourcesMemory } from "./memory.ts";
import type { Turns } from "./turns.ts";

/** What was found, or why nobody can tell. */
export type Seen = Found | { readonly kind: "untold"; readonly trouble: PlanTrouble; readonly next?: string };

export interface Found {
  readonly kind: "seen";
  readonly sighting: Sighting;
  /** When the look began that it rests on. */
  readonly lookedAt: number;
  /** Things that bear the same mark and are younger: somebody has made it twice. */
  readonly surplus: readonly Observed[];
  /** The claims that this resource has: on what was found, or on what is there no longer. */
  readonly claims: readonly Claim[];
  /** It had been made, and is not shown; and nobody can be asked whether it is there. */
  readonly vanished: boolean;
}

/** A thing with the mark that it bears. */
export interface Listed {
  readonly observed: Observed;
  /** Undefined: it is nobody's. */
  readonly mark: Mark | "unknown" | undefined;
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
  readonly turns: Turns;
  memory(): ResourcesMemory;
  /** The stack has to do with it now. What belonged to one that it had before can be handed on to another. */
  isTended(address: Address): boolean;
}

interface List {
  readonly startedAt: number;
  readonly byId: ReadonlyMap<string, Listed>;
  readonly owned: ReadonlyMap<Address, readonly Listed[]>;
  named(naming: string): ReadonlyMap<string, readonly Listed[]>;
}

export function openSight({ stack, store, clock, turns, memory, isTended }: SightDeps): Sight {
  const lists = new Map<string, Promise<List>>();
  let claims: Promise<Claims> | undefined;

  function ownClaims(): Promise<Claims> {
    claims ??= store.claims(stack).then((all) => ({
      byThing: new Map(all.map((claim) => [wordOf(claim), claim])),
      byOwner: Map.groupBy(all, ({ mark }) => mark.owner),
    }));
    return claims;
  }

  function listOf(provider: TaggedProvider, { type, settings }: { type: string; settings: Json }): Promise<List> {
    const key = `${type} ${hashJson(settings)}`;
    const known = lists.get(key);
    if (known !== undefined) return known;
    const list = looked((ctx) => everything(provider, stack, clock.now(), ctx), `${type} was not listed`, clock);
    lists.set(key, list);
    return list;
  }

  /** The one thing, asked for by its id. */
  function asked<T>(bound: BoundResource, ask: (ctx: Ctx) => Promise<T>, what: string): Promise<T> {
    return turns.looking(bound, () => looked(ask, what, clock));
  }

  async function seeTask(bound: Extract<BoundResource, { known: "task" }>, want: Wanted): Promise<Seen> {
    const lookedAt = clock.now();
    const [unknown] = Object.values(want.unknown);
    const seen = (sighting: Sighting) => found(sighting, lookedAt);
    if (bound.resource.ensure === "absent") return seen({ kind: "done" });
    if (unknown !== undefined) return seen({ kind: "due", why: `${unknown.address} is made first` });
    const ask = (ctx: Ctx) => bound.provider.due(want.properties, ctx);
    const why = await asked(bound, ask, `${bound.resource.address} was not asked`);
    return seen(why === undefined ? { kind: "done" } : { kind: "due", why });
  }

  async function seeClaimed(bound: Extract<BoundResource, { known: "claim" }>, want: Wanted): Promise<Seen> {
    const { provider, type, resource } = bound;
    const lookedAt = clock.now();
    const { byThing, byOwner } = await ownClaims();
    const owned = byOwner.get(resourceOwner(resource.address)) ?? [];
    const own = owned.filter((claim) => claim.type === type.name && claim.scope === provider.scope);
    const id = nameOf(want.properties[type.naming], resource, own);
    // Its name comes from something that is not made yet.
    if (id === undefined) return found(MISSING, lookedAt, { claims: own });
    const key = { type: type.name, scope: provider.scope, id };
    const claim = byThing.get(wordOf(key)) ?? (await store.claimed(key.type, key.scope, key.id));
    const ours = claim?.mark.stack === stack && claim.mark.owner === resourceOwner(resource.address);
    const isFree = claim === undefined || isHandedOn(claim.mark);
    if (!ours && !isFree) return anothers(id, claim.mark);
    const observed = await asked(bound, (ctx) => provider.read(id, ctx), `${resource.address} was not looked at`);
    // Whoever had it before has it no more, as soon as somebody else does.
    const involved = ours || claim === undefined ? own : [...own, claim];
    const sighting: Sighting = observed === undefined ? MISSING : { kind: "there", observed, ours };
    return found(sighting, lookedAt, { claims: involved });
  }

  async function seeTagged(bound: Extract<BoundResource, { known: "tags" }>, want: Wanted): Promise<Seen> {
    const { provider, type, resource, settings } = bound;
    const { address } = resource;
    const list = await listOf(provider, { type: type.name, settings });
    const { startedAt: lookedAt } = list;
    const there = ({ observed }: Listed, ours: boolean, surplus: readonly Observed[] = []): Seen =>
      found({ kind: "there", observed, ours }, lookedAt, { surplus });
    const [oldest, ...younger] = list.owned.get(address) ?? [];
    if (oldest !== undefined) {
      return there(
        oldest,
        true,
        younger.map(({ observed }) => observed),
      );
    }
    const made = memory().made[address];
    const shown = list.byId.get(resource.id ?? made?.id ?? "");
    if (shown !== undefined) {
      // Somebody has taken its mark away: it is marked again, where that can be done.
      if (isFree(shown)) return there(shown, false);
      if (resource.id !== undefined) return anothers(resource.id, shown.mark);
    }
    if (resource.id !== undefined) return found(MISSING, lookedAt);
    if (made !== undefined && shown === undefined && provider.read !== undefined) {
      const ask = async (ctx: Ctx) => provider.read?.(made.id, ctx);
      const still = await asked(bound, ask, `${made.id} was not looked at`);
      if (still !== undefined) return untold("look.not-listed", `${made.id} is there, and the list does not show it`);
    }
    const isVanished = made !== undefined && shown === undefined && provider.read === undefined;
    return (await seeNamed(bound, want, list, there)) ?? found(MISSING, lookedAt, { vanished: isVanished });
  }

  /** Undefined: there is none of its name. */
  async function seeNamed(
    { type, resource }: Extract<BoundResource, { known: "tags" }>,
    want: Wanted,
    list: List,
    there: (listed: Listed, ours: boolean) => Seen,
  ): Promise<Seen | undefined> {
    const name = type.naming === undefined ? undefined : want.properties[type.naming];
    if (typeof name !== "string" || type.naming === undefined) return undefined;
    const called = list.named(type.naming).get(name) ?? [];
    const free = called.filter(isFree);
    const [only, another] = free;
    if (only !== undefined && another !== undefined) {
      const ids = free.map(({ observed }) => observed.id).join(", ");
      const next = `Say which: \`id: "${only.observed.id}"\` with the resource; or give the others other names.`;
      return untold("name.ambiguous", `${free.length} things of ${type.name} are called ${name}: ${ids}`, next);
    }
    if (only !== undefined) return there(only, false);
    const [foreign] = called;
    // A create that is open may have made one beside it.
    if (foreign === undefined || Object.hasOwn(memory().open, resource.address)) return undefined;
    return anothers(`${foreign.observed.id}, which is called ${name},`, foreign.mark);
  }

  /** It bears nobody's mark, or that of a resource which this stack had before. */
  function isFree({ mark }: Listed): boolean {
    return mark === undefined || (mark !== "unknown" && isHandedOn(mark));
  }

  function isHandedOn(mark: Mark): boolean {
    // A file is a front file or a resource, and never both: what is one now was let go as the other.
    if (mark.stack === stack && mark.owner === FRONT_OWNER) return true;
    const address = addressOfOwner(mark.owner);
    return mark.stack === stack && address !== undefined && !isTended(address);
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
    list: async (provider, of) => [...(await listOf(provider, of)).byId.values()],
  };
}

interface Claims {
  readonly byThing: ReadonlyMap<string, Claim>;
  readonly byOwner: ReadonlyMap<string, readonly Claim[]>;
}

const MISSING: Sighting = { kind: "missing" };

function found(
  sighting: Sighting,
  lookedAt: number,
  { surplus = [], claims = [], vanished = false }: Partial<Pick<Found, "surplus" | "claims" | "vanished">> = {},
): Found {
  return { kind: "seen", sighting, lookedAt, surplus, claims, vanished };
}

/** What is to be gone may have been named by something that goes after it: then its claim tells what it is. */
function nameOf(
  declared: Json | undefined,
  { ensure }: BoundResource["resource"],
  [only, another]: readonly Claim[],
): string | undefined {
  if (typeof declared === "string") return declared;
  return ensure === "absent" && another === undefined ? only?.id : undefined;
}

function untold(reason: string, message: string, next?: string): Seen {
  return { kind: "untold", trouble: { reason, message }, ...(next === undefined ? {} : { next }) };
}

function anothers(id: string, mark: Listed["mark"]): Seen {
  if (mark === undefined || mark === "unknown") {
    return untold("belongs.elsewhere", `${id} bears marks of another program`, "Declare this one under another name.");
  }
  const { stack, owner } = mark;
  const address = addressOfOwner(owner);
  const whose = address === undefined ? `group ${owner}` : address;
  const next = "Declare it there no longer; or declare this one under another name.";
  return untold("belongs.elsewhere", `${id} belongs to ${whose} of the stack ${stack}`, next);
}

function wordOf({ type, scope, id }: Pick<Claim, "type" | "scope" | "id">): string {
  return `${type}\n${scope}\n${id}`;
}

async function everything(provider: TaggedProvider, stack: string, startedAt: number, ctx: Ctx): Promise<List> {
  const byId = new Map<string, Listed>();
  for await (const page of provider.list({}, ctx)) {
    for (const observed of page) byId.set(observed.id, { observed, mark: markOn(observed) });
  }
  const all = [...byId.values()];
  const owned = new Map<Address, Listed[]>();
  for (const listed of all.toSorted(byAge)) {
    const { mark } = listed;
    if (mark === undefined || mark === "unknown" || mark.stack !== stack) continue;
    const address = addressOfOwner(mark.owner);
    if (address === undefined) continue;
    const others = owned.get(address);
    if (others === undefined) owned.set(address, [listed]);
    else others.push(listed);
  }
  const byName = new Map<string, ReadonlyMap<string, readonly Listed[]>>();
  return {
    startedAt,
    byId,
    owned,
    named(naming) {
      const known =
        byName.get(naming) ?? Map.groupBy(all, ({ observed }) => String(ownOf(observed.properties, naming) ?? ""));
      byName.set(naming, known);
      return known;
    },
  };
}

/** What bears the mark of InfraKit, or one that this Muster cannot read, is somebody's all the same. */
function markOn({ tags }: Observed): Listed["mark"] {
  const mark = musterMarks.read(tags);
  if (mark !== undefined) return mark;
  return Object.keys(tags).some((key) => MARKS.test(key)) ? "unknown" : undefined;
}

const MARKS = /^(muster|infrakit)\./;

/** Oldest first; of two that came to be at once, the one of the smaller id. */
function byAge({ observed: a }: Listed, { observed: b }: Listed): number {
  return a.since - b.since || (a.id < b.id ? -1 : 1);
}
