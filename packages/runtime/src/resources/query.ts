/** What there is of a type, declared or not. Reads only. */
import {
  type Address,
  addressOfOwner,
  didYouMean,
  isObject,
  type Json,
  type JsonObject,
  MusterError,
  musterMarks,
  nearest,
  type Observed,
  ownOf,
  type Phase,
} from "@muster/model";
import {
  asProviderError,
  type Catalog,
  type Ctx,
  errorCodeOf,
  isSecret,
  type Provider,
  ProviderError,
  propertiesOf,
  type Type,
} from "@muster/plugin";
import type { Store } from "@muster/store";
import { withDeadline } from "../deadline.ts";
import type { Clock, Grammar } from "../ports.ts";
import type { GivenSettings, Providers } from "../providers.ts";

/** One thing as it is. */
export interface Thing {
  readonly type: string;
  readonly id: string;
  /** What names it; its id where nothing else does. */
  readonly name: string;
  readonly phase: Phase;
  /** Why it is so, in a few words. */
  readonly reason?: string;
  /** Whose it is; missing where nothing says so. */
  readonly owner?: ThingOwner;
  /** What can be declared of it, as it is; without what its stack declares as a secret. */
  readonly properties: JsonObject;
  /** The properties that its stack declares as secrets, and that are shown nowhere. */
  readonly secrets: readonly string[];
  /** What can only be read. */
  readonly outputs: JsonObject;
}

export interface ThingOwner {
  readonly stack: string;
  /** Of a resource. */
  readonly address?: Address;
  /** In words: `group web of stack shop`, `resource file./etc/motd of stack shop`. */
  readonly words: string;
}

export interface QueryDeps {
  readonly catalog: Catalog;
  /** For reading. */
  readonly store: Store;
  readonly settings: GivenSettings;
  readonly clock: Clock;
  readonly grammar: Pick<Grammar, "stackOf">;
}

/** A type with what it is looked at through. */
export interface Reach {
  readonly type: Type;
  readonly provider: Provider;
}

/** A thing, and how its provider showed it. */
export interface Found {
  readonly thing: Thing;
  readonly observed: Observed;
}

/** Throws `declaration.unknown-type`, `thing.not-listable` for a task, and of the family `provider`. */
export async function reachType(name: string, providers: Providers, deps: QueryDeps): Promise<Reach> {
  const { catalog, settings } = deps;
  const type = catalog.type(name, "muster");
  if (type === undefined) throw catalog.task?.(name) === undefined ? unknownType(name, catalog) : nothingStays(name);
  const given = { ...(type.family === undefined ? {} : ownOf(settings, type.family)), ...ownOf(settings, type.name) };
  return { type, provider: await told(type, () => providers.open(type, given)) };
}

/** Throws `thing.not-listable`, and of the family `provider`. */
export async function listThings({ type, provider }: Reach, deps: QueryDeps): Promise<readonly Found[]> {
  const observed = await within(type, deps, (ctx) => listed(type, provider, ctx));
  const all = await Promise.all(observed.map((each) => found(type, provider, each, deps)));
  return all.toSorted(({ thing: a }, { thing: b }) => compare(a.name, b.name) || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/**
 * The thing of this id, else the one of this name; undefined where there is none. Throws `thing.ambiguous`, and of the
 * family `provider`.
 */
export async function findThing(reach: Reach, name: string, deps: QueryDeps): Promise<Found | undefined> {
  const { type, provider } = reach;
  const byId = await within(type, deps, (ctx) => readById(provider, name, ctx));
  if (byId !== undefined) return found(type, provider, byId, deps);
  if (provider.known === "claim") return undefined;
  const all = await within(type, deps, (ctx) => listed(type, provider, ctx));
  const meant = all.find(({ id }) => id === name);
  const called = meant === undefined ? all.filter((each) => nameOf(type, each) === name) : [meant];
  const [first, ...others] = called;
  if (others.length > 0) {
    const ids = called.map(({ id }) => id).join(", ");
    throw new MusterError("thing.ambiguous", { type: type.name, name, ids });
  }
  return first === undefined ? undefined : found(type, provider, first, deps);
}

/** That there is no such thing, with what may be meant instead. */
export async function notFound(reach: Reach, name: string, deps: QueryDeps): Promise<MusterError> {
  const { type, provider } = reach;
  const canList = provider.known === "tags" || provider.list !== undefined;
  const others = canList ? await within(type, deps, (ctx) => listed(type, provider, ctx)) : [];
  const near = nearest(name, new Set(others.map((each) => nameOf(type, each))));
  return new MusterError("thing.not-found", { type: type.name, name, nearest: didYouMean(near) });
}

async function listed(type: Type, provider: Provider, ctx: Ctx): Promise<readonly Observed[]> {
  const pages = provider.known === "tags" ? provider.list({}, ctx) : provider.list?.(ctx);
  if (pages === undefined) throw notListable(type);
  const byId = new Map<string, Observed>();
  for await (const page of pages) for (const each of page) byId.set(each.id, each);
  return [...byId.values()];
}

/** What is no id of the type's is a name, and no failure. */
async function readById(provider: Provider, id: string, ctx: Ctx): Promise<Observed | undefined> {
  if (provider.known === "claim") return provider.read(id, ctx);
  try {
    return await provider.read?.(id, ctx);
  } catch (thrown) {
    if (thrown instanceof ProviderError && thrown.kind === "invalid") return undefined;
    throw thrown;
  }
}

async function found(type: Type, provider: Provider, observed: Observed, deps: QueryDeps): Promise<Found> {
  const declarable = new Set(propertiesOf(type.schema).map(({ name }) => name));
  const entries = Object.entries(observed.properties).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  const owner = await ownerOf(type, provider, observed, deps);
  const secrets = await secretsOf(owner, deps);
  const thing: Thing = {
    ...{ type: type.name, id: observed.id, name: nameOf(type, observed), phase: observed.phase },
    ...(observed.reason === undefined ? {} : { reason: observed.reason }),
    ...(owner === undefined ? {} : { owner }),
    properties: Object.fromEntries(entries.filter(([key]) => declarable.has(key) && !secrets.includes(key))),
    secrets,
    outputs: Object.fromEntries(entries.filter(([key]) => !declarable.has(key))),
  };
  return { thing, observed };
}

function nameOf({ naming }: Type, { id, properties }: Observed): string {
  const name = naming === undefined ? undefined : properties[naming];
  return typeof name === "string" ? name : id;
}

/** A mark says whose a thing is, also one that InfraKit has made; a claim does where it cannot bear one. */
async function ownerOf(
  type: Type,
  { scope }: Provider,
  { id, tags }: Observed,
  { store }: QueryDeps,
): Promise<ThingOwner | undefined> {
  const mark = musterMarks.read(tags) ?? (await store.claimed(type.name, scope, id))?.mark;
  if (mark !== undefined) {
    const address = addressOfOwner(mark.owner);
    const what = address === undefined ? `group ${mark.owner}` : `resource ${address}`;
    const words = `${what} of stack ${mark.stack}`;
    return { stack: mark.stack, words, ...(address === undefined ? {} : { address }) };
  }
  const group = ownOf(tags, INFRAKIT_GROUP);
  return group === undefined ? undefined : { stack: group, words: `InfraKit's group ${group}` };
}

/** What its stack declares as a secret, now or when it was declared last. */
async function secretsOf(owner: ThingOwner | undefined, { store, grammar }: QueryDeps): Promise<readonly string[]> {
  if (owner?.address === undefined) return [];
  const { address, stack } = owner;
  const declaration = await store.declaration(stack);
  const released = ownOf(declaration?.resources?.released ?? {}, address);
  const documents = [declaration?.document, released?.document].flatMap((each) => each ?? []);
  const secrets = documents.flatMap((each) => {
    const properties = ownOf(grammar.stackOf(each).resources, address)?.properties ?? {};
    return Object.entries(properties).flatMap(([key, value]) => (holdsSecret(value) ? [key] : []));
  });
  return [...new Set(secrets)];
}

/** Also deep within: of an environment one variable may be secret. */
function holdsSecret(value: Json): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isSecret(value) || Object.values(value).some(holdsSecret);
}

const INFRAKIT_GROUP = "infrakit.group";

/** One question to a provider takes no longer than this, in milliseconds. */
const LOOK_MS = 60_000;

/** Asks, and tells in the words of the error table what prevents an answer. */
export function within<T>(type: Type, { clock }: QueryDeps, ask: (ctx: Ctx) => Promise<T>): Promise<T> {
  const over = new AbortController();
  return told(type, async () => {
    try {
      return await withDeadline(ask({ signal: over.signal }), LOOK_MS, clock, `${type.name} did not answer`);
    } finally {
      over.abort();
    }
  });
}

/** What a provider throws is an error of the table. */
export async function told<T>({ name }: Pick<Type, "name">, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof MusterError) throw thrown;
    const { kind, message } = asProviderError(thrown);
    throw new MusterError(errorCodeOf(kind), { name, detail: message }, { cause: thrown });
  }
}

function unknownType(name: string, catalog: Catalog): MusterError {
  const known = [...new Set([...catalog.typeNames(), ...(catalog.taskNames?.() ?? [])])].sort();
  const words = { name, nearest: didYouMean(nearest(name, known)), known: known.join(", ") };
  return new MusterError("declaration.unknown-type", words);
}

function nothingStays(type: string): MusterError {
  const detail = "it is a task, of which nothing stays";
  return new MusterError("thing.not-listable", { type, detail, fix: `\`muster explain ${type}\` tells what it does.` });
}

function notListable({ name: type, naming, settings }: Type): MusterError {
  const where = propertiesOf(settings).some((each) => each.name === "root");
  const fix =
    `Name one: \`muster resource ${type} ${(naming ?? "id").toUpperCase()}\`` +
    (where ? `; or say where to look: \`--set ${type}.root=DIRECTORY\`.` : ".");
  return new MusterError("thing.not-listable", { type, detail: "there is no end to where one may be", fix });
}

/** What a thing shows of one property; undefined where it shows nothing. */
export function shownOf({ properties }: Observed, property: string): JsonObject[string] | undefined {
  return isObject(properties) ? ownOf(properties, property) : undefined;
}
