/** Sets exactly the properties that are named, on one thing that no stack declares; or makes it, or destroys it. */
import {
  type Consent,
  didYouMean,
  type Effect,
  type Json,
  type JsonObject,
  MusterError,
  nearest,
  type Observed,
  ownOf,
  type Price,
  type PropertyChange,
  sameJson,
} from "@muster/model";
import { type Assessment, propertiesOf, type Type } from "@muster/plugin";
import { type Found, findThing, type QueryDeps, type Reach, shownOf, told, within } from "./query.ts";
import { typedValue } from "./typed-value.ts";

/** What somebody wants of one thing. */
export interface Wish {
  /** Its name or its id. */
  readonly name: string;
  readonly ensure: "present" | "absent";
  /** As they were typed. */
  readonly properties: Readonly<Record<string, string>>;
  readonly allow: readonly Consent[];
}

/** What a wish comes to. Nothing was done yet. */
export interface WeighedWish {
  readonly type: string;
  readonly name: string;
  /** Missing where there is none yet. */
  readonly id?: string;
  /** `none`: it is so already. */
  readonly effect: "none" | "create" | "in-place" | "restart" | "destroy";
  readonly changes: readonly PropertyChange[];
  /** For about so long it is away, in milliseconds. */
  readonly downtimeMs?: number;
  readonly price?: Price;
}

/** Throws `thing.not-free`, `.impossible`, `.no-consent`, `usage.unknown-property`, `.bad-value`, and of `provider`. */
export async function weighWish(reach: Reach, wish: Wish, deps: QueryDeps): Promise<WeighedWish> {
  const { type } = reach;
  const wanted = wantedOf(type, wish);
  const found = await findThing(reach, wish.name, deps);
  if (found !== undefined) refuseOwned(found);
  const common = { type: type.name, name: wish.name, ...(found === undefined ? {} : { id: found.thing.id }) };
  if (wish.ensure === "absent") {
    return { ...common, effect: found === undefined ? "none" : "destroy", changes: [] };
  }
  return found === undefined
    ? { ...common, ...(await weighMaking(reach, wish, wanted, deps)) }
    : { ...common, ...(await weighChange(reach, found.observed, wish, wanted, deps)) };
}

type Weighed = Omit<WeighedWish, "type" | "name" | "id">;

async function weighMaking(reach: Reach, wish: Wish, wanted: JsonObject, deps: QueryDeps): Promise<Weighed> {
  const { type, provider } = reach;
  const whole = toMake(type, wish, wanted);
  checkValues(type, whole, Object.keys(whole), true);
  await within(type, deps, async () => provider.validate?.(whole));
  const { price } = await assessed(reach, undefined, whole, deps);
  const changes = Object.entries(whole).map(([property, after]) =>
    changeOf(type, property, undefined, after, "in-place"),
  );
  return { effect: "create", changes, ...(price === undefined ? {} : { price }) };
}

async function weighChange(
  reach: Reach,
  observed: Observed,
  wish: Wish,
  wanted: JsonObject,
  deps: QueryDeps,
): Promise<Weighed> {
  const { type, provider } = reach;
  const differing = Object.entries(wanted).filter(([key, value]) => !sameJson(shownOf(observed, key), value));
  const want = Object.fromEntries(differing);
  if (differing.length === 0) return { effect: "none", changes: [] };
  checkValues(type, { ...observed.properties, ...want }, Object.keys(want), false);
  const { effects = {}, downtimeMs, price } = await assessed(reach, observed, want, deps);
  const declared: Readonly<Record<string, Effect | undefined>> = type.effects;
  const changes = differing.map(([property, after]) => {
    const own = ownOf(effects, property);
    const effect = own?.effect ?? ownOf(declared, property) ?? "replace";
    const irreversible = own?.irreversible === true || type.irreversible?.includes(property) === true;
    refuseEffect(type, wish, property, effect, own);
    if (irreversible && !wish.allow.includes("irreversible")) throw needsConsent(type, wish, property, own?.reason);
    const change = changeOf(type, property, shownOf(observed, property), after, effect);
    return { ...change, ...(irreversible ? ({ irreversible } as const) : {}), ...(own ? { reason: own.reason } : {}) };
  });
  if (provider.update === undefined) throw impossible(type, wish, "nothing of it can be changed");
  return {
    effect: changes.some(({ effect }) => effect === "restart") ? "restart" : "in-place",
    changes,
    ...(downtimeMs === undefined ? {} : { downtimeMs }),
    ...(price === undefined ? {} : { price }),
  };
}

/**
 * Carries out what was weighed; what is there is looked at again before and after. Returns the id. Throws what
 * `weighWish` does, and `thing.not-as-set` where a look does not show what was answered for.
 */
export async function carryOut(reach: Reach, wish: Wish, weighed: WeighedWish, deps: QueryDeps): Promise<string> {
  const { type, provider } = reach;
  const { effect, id, changes } = weighed;
  const ctx = { signal: new AbortController().signal };
  if (effect === "none") return id ?? wish.name;
  const wanted = wantedOf(type, wish);
  if (effect === "create") {
    const made = await told(type, () => provider.create(toMake(type, wish, wanted), {}, ctx));
    return made.id;
  }
  const found = await findThing(reach, id ?? wish.name, deps);
  if (found === undefined) throw notAsSet(type, wish, "it is gone");
  refuseOwned(found);
  if (effect === "destroy") {
    await told(type, () => provider.destroy(found.thing.id, ctx));
    return found.thing.id;
  }
  const want = Object.fromEntries(Object.entries(wanted).filter(([key]) => changes.some((it) => it.property === key)));
  await told(type, async () => provider.update?.(found.observed, want, ctx));
  await seeItSo(reach, found.thing.id, wish, want, deps);
  return found.thing.id;
}

/** Between two looks at something that was changed, in milliseconds. */
const PAUSE_MS = 500;

/** Answers are not believed, looks are; what a provider says it needs to settle is waited for. */
async function seeItSo(reach: Reach, id: string, wish: Wish, want: JsonObject, deps: QueryDeps): Promise<void> {
  const { type } = reach;
  const { clock } = deps;
  const until = clock.now() + type.settleMs;
  for (;;) {
    const found = await findThing(reach, id, deps);
    const otherwise = Object.keys(want).filter(
      (key) => !isUnreadable(type, key) && !isSo(found, key, want[key] ?? null),
    );
    if (found !== undefined && otherwise.length === 0) return;
    if (clock.now() >= until) {
      throw notAsSet(type, wish, found === undefined ? "it is gone" : `${otherwise.join(", ")} differs still`);
    }
    await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
  }
}

function isSo(found: Found | undefined, property: string, value: Json): boolean {
  return found !== undefined && sameJson(shownOf(found.observed, property), value);
}

function wantedOf(type: Type, { properties }: Wish): JsonObject {
  const known = propertiesOf(type.schema);
  const entries = Object.entries(properties).map(([name, text]): [string, Json] => {
    const property = known.find((each) => each.name === name);
    if (property === undefined) throw unknownProperty(type, name);
    return [name, typedValue(name, property.schema, text)];
  });
  return Object.fromEntries(entries);
}

function unknownProperty(type: Type, property: string): MusterError {
  const read = type.outputs === undefined ? [] : propertiesOf(type.outputs);
  const names = propertiesOf(type.schema).map(({ name }) => name);
  const near = read.some(({ name }) => name === property)
    ? " that could be set: it can only be read"
    : didYouMean(nearest(property, names));
  const words = { type: type.name, property, nearest: near, known: names.join(", ") };
  return new MusterError("usage.unknown-property", words);
}

function toMake(type: Type, wish: Wish, wanted: JsonObject): JsonObject {
  const { naming } = type;
  if (naming !== undefined) return { [naming]: wish.name, ...wanted };
  const detail = "there is none, and none can be made under a name: an id is handed out";
  throw impossible(type, wish, detail, "Declare it in a stack.");
}

/** What the schema finds wrong with these properties; what is wrong with others was so before. */
function checkValues(type: Type, values: object, keys: readonly string[], isWhole: boolean): void {
  const { error } = type.schema.safeParse(values);
  const issue = error?.issues.find(({ path: [first] }) => isWhole || keys.includes(String(first)));
  if (issue === undefined) return;
  const [first] = issue.path;
  const missing = first !== undefined && !keys.includes(String(first));
  throw new MusterError("usage.bad-value", {
    what: `${type.name}${first === undefined ? "" : `.${String(first)}`}`,
    detail: missing ? "it is needed to make one" : issue.message,
    wanted: `what \`muster explain ${type.name}${first === undefined ? "" : `.${String(first)}`}\` tells of`,
  });
}

function assessed(reach: Reach, from: Observed | undefined, want: JsonObject, deps: QueryDeps): Promise<Assessment> {
  const { type, provider } = reach;
  return within(type, deps, async (ctx) => (await provider.assess?.(from, want, ctx)) ?? {});
}

function changeOf(type: Type, property: string, before: Json | undefined, after: Json, effect: Effect): PropertyChange {
  if (isUnreadable(type, property)) return { property, effect, secret: true };
  return { property, ...(before === undefined ? {} : { before }), after, effect };
}

function isUnreadable(type: Type, property: string): boolean {
  return type.unreadable?.includes(property) === true;
}

function refuseOwned({ thing: { type, name, owner } }: Found): void {
  if (owner === undefined) return;
  throw new MusterError("thing.not-free", { type, name, owner: owner.words, stack: owner.stack });
}

function refuseEffect(
  type: Type,
  wish: Wish,
  property: string,
  effect: Effect,
  own: { readonly reason: string; readonly next?: string } | undefined,
): void {
  if (effect === "impossible") {
    throw impossible(type, wish, own?.reason ?? `\`${property}\` can never be changed`, own?.next);
  }
  if (effect !== "replace") return;
  const detail = own?.reason ?? `another \`${property}\` can only be had by making it anew`;
  throw impossible(type, wish, detail, "Destroy it with `ensure=absent`, and make another; or declare it in a stack.");
}

function needsConsent(type: Type, { name }: Wish, property: string, reason: string | undefined): MusterError {
  const detail = `\`${property}\` would be changed${reason === undefined ? "" : ` (${reason})`}`;
  return new MusterError("thing.no-consent", { type: type.name, name, detail });
}

function impossible(type: Type, { name }: Wish, detail: string, fix = "Leave it as it is."): MusterError {
  return new MusterError("thing.impossible", { type: type.name, name, detail, fix });
}

function notAsSet(type: Type, { name }: Wish, detail: string): MusterError {
  return new MusterError("thing.not-as-set", { type: type.name, name, detail });
}
