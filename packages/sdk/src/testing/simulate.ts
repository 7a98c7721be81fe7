/**
 * A declaration in a world that is only simulated: planned and carried out by what plans and carries out real ones, on a clock
 * whose time passes when nothing else is left to do. Nothing of the machine is touched, and nobody is asked for a token.
 */
import {
  didYouMean,
  durationOf,
  type Event,
  type JsonObject,
  MusterError,
  messageOf,
  nearest,
  type ResourceStatus,
  type StackPlan,
  sameJson,
} from "@muster/model";
import { type Flavor, ProviderError, type ResourceType, type SecretReference } from "@muster/plugin";
import { type Asked, type GroupView, virtualClock } from "@muster/runtime";
import type { Duration } from "../policies.ts";
import { kindsOf } from "./catalog.ts";
import { type Checked, checked, type Declared } from "./declared.ts";
import { musterIn } from "./muster.ts";
import type { Run } from "./task.ts";
import { noThings, type Thing as TrueThing } from "./things.ts";
import { USUAL_SCOPE } from "./type.ts";

export interface SimulateOptions {
  /** Types that the stack names beside the built-in ones: those of a plugin, as `definePlugin` gives them. */
  readonly types?: readonly ResourceType[];
  /** Flavors beside the built-in ones. They are asked about simulated members, and must leave the outside alone. */
  readonly flavors?: readonly Flavor[];
  /** What stands for a secret, which nobody reads; unless told, a text that says so. */
  secret?(reference: SecretReference): string;
}

/** One thing as it is in truth, with what its provider never shows again. */
export interface Thing {
  readonly id: string;
  readonly properties: JsonObject;
}

export interface World {
  /** What would happen: of another declaration of the stack, or of the same again. */
  plan(declared?: Declared, asked?: Asked): Promise<StackPlan>;
  /**
   * Has it done, and returns the plan of it. Resolves when nothing is on its way any more. Throws what `muster apply` says
   * where it is refused (`resource.needs-consent`), or does not come to be as declared.
   */
  apply(declared?: Declared, asked?: Asked): Promise<StackPlan>;
  /** Everything that the stack has is destroyed. Throws `resource.protected`. */
  destroyStack(): Promise<void>;
  /** Lets so much time pass (`10m`, or in milliseconds). What was declared is kept meanwhile. */
  pass(time: Duration | number): Promise<void>;
  /** What there is of a type, the oldest first. Throws `declaration.unknown-type`. */
  things(type: string): readonly Thing[];
  /** Tasks of a type that were run, in this order; one as often as it was run. */
  ran(type: string): readonly Thing[];
  /** Somebody else makes a thing, by hand; its id. Nothing is known of it to Muster. */
  make(type: string, properties: JsonObject): string;
  /** Somebody else changes it; a property that is undefined is taken away. Throws `simulation.no-such-thing`. */
  change(type: string, id: string, properties: Partial<JsonObject>): void;
  /** Somebody else destroys it. Throws `simulation.no-such-thing`. */
  destroy(type: string, id: string): void;
  /** How its resources stand. */
  resources(): readonly ResourceStatus[];
  /** How its groups stand. */
  groups(): readonly GroupView[];
  /** All that was written down so far. */
  events(): readonly Event[];
}

const BEGINNING = Date.UTC(2026, 0, 1);

/**
 * A world with nothing in it, and a stack that is to be. Nothing happens but what is asked for. Throws MusterErrors of the
 * family `declaration`, with everything that is wrong.
 *
 * @param declared a stack as `defineStack` gives it, or where its file is
 */
export async function simulate(declared: Declared, options: SimulateOptions = {}): Promise<World> {
  const { types = [], flavors = [], secret = standIn } = options;
  const clock = virtualClock(BEGINNING);
  const things = noThings();
  const runs: Run[] = [];
  const { catalog, makerFor } = kindsOf({ types, flavors }, { things, runs, now: clock.now });
  const io = { now: clock.now, randomBytes: (count: number) => new Uint8Array(count) };
  let current = await checked(declared, catalog, io);
  const { name } = current.stack;
  const muster = musterIn({ stack: name, catalog, clock, secret });

  async function asChecked(other: Declared | undefined): Promise<Checked> {
    if (other === undefined) return current;
    const read = await checked(other, catalog, io);
    if (read.stack.name === name) return read;
    const detail = `this world has the stack \`${name}\`, and not \`${read.stack.name}\``;
    throw new MusterError("usage.bad-value", {
      what: "the stack",
      detail,
      wanted: "another declaration of the same one",
    });
  }

  function isDeclared({ document }: Checked): boolean {
    const declaration = muster.keeper()?.declaration();
    return declaration !== undefined && sameJson(declaration.document.data, document.data);
  }

  function thingOf(type: string, id: string): TrueThing {
    makerFor(type);
    const all = things.of(type);
    const found = all.find((each) => each.id === id);
    if (found !== undefined) return found;
    const ids = all.map((each) => each.id);
    const words = { type, id, nearest: didYouMean(nearest(id, ids)), known: ids.join(", ") || "none" };
    throw new MusterError("simulation.no-such-thing", words);
  }

  return {
    plan: async (other, asked = {}) => muster.plan(await asChecked(other), asked),
    async apply(other, asked = {}) {
      const next = await asChecked(other);
      try {
        return await muster.apply(next, asked);
      } finally {
        // What was refused is not declared.
        if (isDeclared(next)) current = next;
      }
    },
    destroyStack: muster.destroyStack,
    pass: (time) => clock.runUntil(clock.now() + millisecondsOf(time)),
    things(type) {
      makerFor(type);
      return things.of(type).map(({ id, properties }) => ({ id, properties }));
    },
    ran: (type) => runs.filter((run) => run.type === type).map(({ id, properties }) => ({ id, properties })),
    make: (type, properties) => byHand(type, () => makerFor(type).make(USUAL_SCOPE, properties, {}, undefined).id),
    change(type, id, properties) {
      byHand(type, () => makerFor(type).change(thingOf(type, id), properties, undefined));
    },
    destroy: (type, id) => things.remove(thingOf(type, id)),
    resources: () => muster.keeper()?.resources().statuses ?? [],
    groups: () => muster.keeper()?.groups() ?? [],
    events: () => muster.events,
  };
}

function standIn(reference: SecretReference): string {
  return `simulated ${JSON.stringify(reference.secret)}`;
}

/** What cannot be there is a mistake of whoever asks for it. Throws `simulation.impossible`. */
function byHand<T>(type: string, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    throw new MusterError("simulation.impossible", { type, detail: messageOf(thrown) }, { cause: thrown });
  }
}

/** Throws `usage.bad-value`. */
function millisecondsOf(time: Duration | number): number {
  const ms = typeof time === "number" ? time : durationOf(time);
  if (ms !== undefined && ms >= 0) return ms;
  throw new MusterError("usage.bad-value", { what: "a time", detail: `\`${time}\` is none`, wanted: "one like `10m`" });
}
