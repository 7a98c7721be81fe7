/**
 * What the steps of a group would mean, as only the provider of its members knows it: what cannot be, what can never be taken
 * back, what it costs. The same is asked once, however many members there are.
 */
import { type ChangeAhead, changesAhead, type Prospect, selfOf } from "@muster/engine";
import {
  canonical,
  type Effects,
  type JsonObject,
  ownOf,
  type PlanStep,
  type PlanTrouble,
  type Price,
  type PropertyChange,
  resolveSelf,
  sameJson,
} from "@muster/model";
import { type Assessment, asProviderError, type Ctx, type ProviderError } from "@muster/plugin";
import type { BoundGroup } from "./bind.ts";
import type { Clock } from "./ports.ts";
import { looked } from "./resources/asking.ts";

/** Somebody has agreed to this property as it is declared, though it can never be changed back. */
export type Agreed = (property: string) => boolean;

export interface AssessedSteps {
  readonly steps: readonly PlanStep[];
  /** Why the provider could not be asked: then the steps have the effects that their type tells. */
  readonly untold?: PlanTrouble;
}

/** @param prospect what the steps were told of */
export async function assessSteps(
  steps: readonly PlanStep[],
  prospect: Prospect,
  bound: BoundGroup,
  agreed: Agreed,
  clock: Clock,
): Promise<AssessedSteps> {
  const { goal } = prospect.declared;
  const { type, provider } = bound;
  const isAsked = provider.assess !== undefined || (type.irreversible?.length ?? 0) > 0;
  if (!isAsked || goal === "destroy" || goal === "observe") return { steps };
  const ahead = changesAhead(prospect);
  const asking = openAsking(bound, clock);
  const assessed: PlanStep[] = [];
  for (const step of steps) {
    if (isOfMaking(step)) assessed.push(await assessMaking(step, bound, asking));
    else if (step.effect === "in-place" || step.effect === "restart") {
      const alike = ahead.filter(({ effect, why }) => effect === step.effect && why === step.why);
      assessed.push(await assessChanges(step, alike, bound, agreed, asking));
    } else assessed.push(step);
  }
  const untold = asking.untold();
  return untold === undefined ? { steps: assessed } : { steps: assessed, untold };
}

/** What is made as it was before is none of the declaration's. */
function isOfMaking({ effect, why }: PlanStep): boolean {
  return (effect === "create" || effect === "replace") && !why.endsWith("made as before");
}

/** What was told of one situation: or that it can never be. */
type Told = Assessment | ProviderError;

interface Asking {
  /** Nothing is told where the provider could not be asked. */
  assess(from: ChangeAhead["seen"] | undefined, want: JsonObject): Promise<Told>;
  untold(): PlanTrouble | undefined;
}

function openAsking({ provider, type, declared: { stack, name } }: BoundGroup, clock: Clock): Asking {
  const told = new Map<string, Told>();
  let untold: PlanTrouble | undefined;
  /** A name is another one with each member, and tells nothing of what a step means. */
  const nameless = (properties: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(properties).filter(([key]) => key !== type.naming));

  async function ask(from: ChangeAhead["seen"] | undefined, want: JsonObject): Promise<Told> {
    try {
      const what = `what a member of ${stack}/${name} would mean was not told`;
      return (await looked(async (ctx: Ctx) => provider.assess?.(from, want, ctx), what, clock)) ?? {};
    } catch (thrown) {
      const error = asProviderError(thrown);
      if (error.kind === "invalid") return error;
      untold = { reason: `look.${error.kind}`, message: error.message };
      return {};
    }
  }

  return {
    async assess(from, want) {
      if (untold !== undefined || provider.assess === undefined) return {};
      const is = from === undefined ? null : nameless(definedOf(from.properties));
      const key = canonical([is, nameless(want)]);
      const found = told.get(key) ?? (await ask(from, want));
      told.set(key, found);
      return found;
    },
    untold: () => untold,
  };
}

function definedOf(properties: Partial<JsonObject>): JsonObject {
  const entries = Object.entries(properties).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  return Object.fromEntries(entries);
}

const NEXT = "Declare what its provider has.";

async function assessMaking(step: PlanStep, bound: BoundGroup, asking: Asking): Promise<PlanStep> {
  const slots = step.members.length === 0 ? [""] : step.members.map(({ slot }) => slot);
  const prices: (Price | undefined)[] = [];
  for (const slot of slots) {
    const want = newMember(bound, slot);
    const told = await asking.assess(undefined, want);
    if (!(told instanceof Error)) prices.push(told.price);
    else return neverMade(step, want, told);
  }
  return { ...step, ...priceOf(prices) };
}

function neverMade(step: PlanStep, want: JsonObject, { message, property }: ProviderError): PlanStep {
  const after = property === undefined ? undefined : ownOf(want, property);
  const changes: readonly PropertyChange[] =
    property === undefined
      ? []
      : [{ property, effect: "impossible", reason: message, ...(after === undefined ? {} : { after }) }];
  return { ...step, effect: "impossible", why: message, next: NEXT, changes };
}

/** A member as it would be made, without what its flavor adds. */
function newMember({ assignment, declared }: BoundGroup, slot: string): JsonObject {
  const { template, marking } = assignment.group;
  // InfraKit's documents have no words of a member's own.
  if (marking.kind === "infrakit") return template.properties;
  return resolveSelf(template.properties, { ...selfOf(declared, { slot, intent: slot }), port: A_PORT });
}

/** None is given out for a member that is only imagined. */
const A_PORT = "20000";

interface Situation {
  readonly changes: readonly PropertyChange[];
  readonly downtimeMs?: number | undefined;
  readonly price?: Price | undefined;
}

async function assessChanges(
  step: PlanStep,
  members: readonly ChangeAhead[],
  { type }: BoundGroup,
  agreed: Agreed,
  asking: Asking,
): Promise<PlanStep> {
  const effects: Effects = type.effects;
  const situations: Situation[] = [];
  for (const { seen, changes, want } of members) {
    const told = await asking.assess(seen, want);
    if (told instanceof Error) return neverMade(step, want, told);
    situations.push({ changes: changesOf(seen.properties, changes, told), ...onlyTold(told) });
  }
  const [first] = situations;
  if (first === undefined) return step;

  const never = situations.filter(({ changes }) => changes.some(isImpossible));
  const forEver = situations.flatMap(({ changes }) => changes).find((each) => each.irreversible === true);
  const shown = never[0] ?? situations.find(({ changes }) => forEver && changes.includes(forEver)) ?? first;
  const changes = shown.changes.map((change) => asOfAll(change, situations));
  const impossible = shown.changes.find(isImpossible);
  if (impossible !== undefined) {
    const { property, reason = `\`${property}\` can never be changed` } = impossible;
    const some = never.length === members.length ? "" : `; that is so of ${never.length} of ${members.length} members`;
    const next = impossible.next ?? `Declare \`${property}\` as it is, or leave it out: then it is not managed.`;
    return { ...step, effect: "impossible", why: `${reason}${some}`, next, changes };
  }
  const unagreed = situations
    .flatMap((each) => each.changes)
    .find(({ property, irreversible }) => irreversible === true && !agreed(property));
  const downtimes = situations.flatMap(({ downtimeMs }) => downtimeMs ?? []);
  return {
    ...step,
    changes,
    ...(downtimes.length === 0 || step.effect !== "restart" ? {} : { downtimeMs: Math.max(...downtimes) }),
    ...priceOf(situations.map(({ price }) => price)),
    ...(unagreed === undefined ? {} : unagreedTo(unagreed.property)),
  };

  function changesOf(is: Partial<JsonObject>, wanted: JsonObject, told: Assessment): readonly PropertyChange[] {
    return Object.entries(wanted).map(([property, after]): PropertyChange => {
      const known = told.effects === undefined ? undefined : ownOf(told.effects, property);
      const isForEver =
        known === undefined ? (type.irreversible ?? []).includes(property) : known.irreversible === true;
      const before = is[property];
      const values = { ...(before === undefined ? {} : { before }), after };
      return {
        property,
        effect: known?.effect ?? effects[property] ?? "in-place",
        ...((type.unreadable ?? []).includes(property) ? ({ secret: true } as const) : values),
        ...(isForEver ? ({ irreversible: true } as const) : {}),
        ...(known === undefined ? {} : { reason: known.reason }),
        ...(known?.next === undefined ? {} : { next: known.next }),
      };
    });
  }
}

function onlyTold({ downtimeMs, price }: Assessment): Pick<Situation, "downtimeMs" | "price"> {
  return { downtimeMs, price };
}

function isImpossible({ effect }: PropertyChange): boolean {
  return effect === "impossible";
}

/** What is not the same of all is shown of none. */
function asOfAll(change: PropertyChange, situations: readonly Situation[]): PropertyChange {
  const others = situations.flatMap(({ changes }) => changes.filter(({ property }) => property === change.property));
  const { before, after, ...rest } = change;
  const isOfAll = (key: "before" | "after") =>
    change[key] !== undefined && others.every((other) => sameJson(other[key] ?? null, change[key] ?? null));
  return {
    ...rest,
    ...(before !== undefined && isOfAll("before") ? { before } : {}),
    ...(after !== undefined && isOfAll("after") ? { after } : {}),
  };
}

function unagreedTo(property: string): Pick<PlanStep, "held" | "next"> {
  const message = `\`${property}\` can never be changed back`;
  return { held: { reason: "needs-consent", message }, next: "Say `--allow irreversible`." };
}

/** Of one member, where it is the same for all. */
function priceOf(prices: readonly (Price | undefined)[]): Pick<PlanStep, "price"> {
  const same = (key: "before" | "after") => {
    const amount = prices[0]?.[key];
    return amount !== undefined && prices.every((price) => price?.[key] === amount) ? { [key]: amount } : {};
  };
  const price: Price = { ...same("before"), ...same("after") };
  return price.before === undefined && price.after === undefined ? {} : { price };
}
