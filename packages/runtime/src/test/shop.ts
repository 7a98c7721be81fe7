/** A stack of resources, kept by the real keeper in a world of things and on a clock that is held. */
import {
  type Address,
  type Document,
  type Event,
  GROUPS_ONLY,
  type JsonObject,
  type Purge,
  partsOfAddress,
  type ResourceDeclaration,
  type ResourceStatus,
  type ResourcesPlan,
  type Stack,
  type StackPlan,
} from "@muster/model";
import { type Holder, memoryStore, type Store } from "@muster/store";
import { keepStack, type StackKeeper } from "../keeper.ts";
import { planStack } from "../plan.ts";
import type { Grammar } from "../ports.ts";
import type { Asked } from "../resources/declaring.ts";
import { leapingClock } from "./clock.ts";
import { openWorld, type World } from "./world.ts";

/** Properties, and Muster's own words beside them. */
export type Text = Partial<
  Pick<
    ResourceDeclaration,
    "ensure" | "dependsOn" | "notify" | "protect" | "ignore" | "onDrift" | "allow" | "id" | "provider"
  >
> &
  Readonly<Record<string, unknown>>;

/** By address. */
export type Texts = Readonly<Record<Address, Text>>;

export interface More {
  readonly mode?: Stack["mode"];
  readonly purge?: Readonly<Record<string, Purge>>;
}

const OWN_WORDS = ["ensure", "dependsOn", "notify", "protect", "ignore", "onDrift", "allow", "id", "provider"];

export const grammar: Grammar = {
  stackOf({ data }): Stack {
    const { mode, purge, resources } = data as object as Required<More> & { readonly resources: Texts };
    const all = Object.entries(resources).map(([address, text]) => [address, declarationOf(address, text)]);
    return { name: "shop", mode, providers: {}, ...GROUPS_ONLY, groups: {}, purge, resources: Object.fromEntries(all) };
  },
  onlyResource({ dialect, data }, address) {
    const { dependsOn: _, notify: __, ...text } = (data["resources"] as object as Texts)[address] ?? {};
    return { dialect, data: { ...data, purge: {}, resources: { [address]: text } as object as JsonObject } };
  },
  withoutGroup: nobodyAsks,
  onlyGroup: nobodyAsks,
  resize: nobodyAsks,
};

function nobodyAsks(): never {
  throw new Error("a shop has only resources");
}

export function documentOf(resources: Texts, { mode = "enforce", purge = {} }: More = {}): Document {
  return { dialect: "muster", data: { mode, purge, resources } as object as JsonObject };
}

function declarationOf(address: Address, text: Text): ResourceDeclaration {
  const { type = "", name = "" } = partsOfAddress(address) ?? {};
  const own = Object.fromEntries(Object.entries(text).filter(([key]) => OWN_WORDS.includes(key)));
  const properties = Object.fromEntries(Object.entries(text).filter(([key]) => !OWN_WORDS.includes(key)));
  return {
    ...{ address, type, name, ensure: "present", dependsOn: [], notify: [], protect: false, ignore: [] },
    ...{ onDrift: "repair", allow: [], checks: [], properties: properties as JsonObject },
    ...own,
  };
}

export interface Shop {
  readonly world: World;
  readonly clock: ReturnType<typeof leapingClock>;
  readonly store: Store;
  readonly events: Event[];
  readonly troubles: unknown[];
  /** Errors of whoever has lost the stack. */
  readonly lost: unknown[];
  keeper(): StackKeeper;
  /** Begins, or goes on after `kill`. */
  begin(): Promise<StackKeeper>;
  declare(resources: Texts, more?: More & Asked): Promise<void>;
  /** Until the keeper has settled, or this holds, as long as it takes: time passes only when nothing else happens. */
  until(holds: () => boolean): Promise<void>;
  settled(): Promise<void>;
  /** Declares, and waits until it has settled. */
  apply(resources: Texts, more?: More & Asked): Promise<void>;
  plan(resources: Texts, more?: More & Asked): Promise<StackPlan & { readonly resources: ResourcesPlan }>;
  /** The clock is set otherwise. */
  leap(ms: number): void;
  /** Nothing of it is heard or written any more, as after a kill -9. */
  kill(): void;
  status(address: Address): ResourceStatus | undefined;
  /** `note./a: kept`, one for each. */
  states(): readonly string[];
  /** What was done, as the history tells it. */
  told(): readonly string[];
  /** Calls that changed something, since it was asked last. */
  changes(): readonly string[];
}

export interface ShopOptions {
  readonly store?: Store;
  readonly world?: World;
  readonly clock?: ReturnType<typeof leapingClock>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Words that no other shop has. */
let words = 0;

/** Long enough for every wait that has an end. */
const LONGEST_MS = 3_600_000;

export function openShop(options: ShopOptions = {}): Shop {
  const clock = options.clock ?? leapingClock();
  const world = options.world ?? openWorld(clock);
  const store = options.store ?? memoryStore();
  const { catalog } = world;
  const events: Event[] = [];
  const troubles: unknown[] = [];
  const lost: unknown[] = [];
  const env = options.env ?? {};
  let life = 0;
  let asked = 0;
  let current: StackKeeper | undefined;

  const io = {
    now: clock.now,
    randomBytes: (count: number) => Uint8Array.from({ length: count }, (_, at) => (at === 0 ? ++words : words >> 8)),
  };

  /** What one life of Muster has of the store: after its end nothing. */
  function storeOf(mine: number): Store {
    const dead = () => new Promise<never>(() => undefined);
    return { ...store, write: (...given) => (mine === life ? store.write(...given) : dead()) };
  }

  async function begin(): Promise<StackKeeper> {
    const mine = ++life;
    const lease = await store.acquire("shop", holder(mine), async () => false);
    current = await keepStack({
      ...{ store: storeOf(mine), lease, catalog, grammar, settings: {}, clock, io, env },
      onEvent: (event) => events.push(event),
      onStatus: () => undefined,
      onLost: (error) => lost.push(error),
      onTrouble: (thrown) => troubles.push(thrown),
    });
    return current;
  }

  function keeper(): StackKeeper {
    if (current === undefined) throw new Error("nobody keeps the shop yet");
    return current;
  }

  async function until(holds: () => boolean): Promise<void> {
    const end = clock.now() + LONGEST_MS;
    for (;;) {
      await rest();
      if (holds()) return;
      if (clock.now() >= end) throw new Error(`it did not come to that: ${shop.states().join("; ")}`);
      await clock.advance(Math.max(1, clock.next() - clock.now()));
    }
  }

  const shop: Shop = {
    ...{ world, clock, store, events, troubles, lost, keeper, begin, until, leap: clock.leap },
    async declare(resources, { mode, purge, ...rest } = {}) {
      const document = documentOf(resources, { ...(mode ? { mode } : {}), ...(purge ? { purge } : {}) });
      await (current ?? (await begin())).commit(document, "shop.yaml", "user:ann", rest);
    },
    settled: () => until(() => isSettled(keeper())),
    async apply(resources, more) {
      await shop.declare(resources, more);
      await shop.settled();
    },
    async plan(resources, { mode, purge, ...beside } = {}) {
      const document = documentOf(resources, { ...(mode ? { mode } : {}), ...(purge ? { purge } : {}) });
      const before = current?.declaration() ?? (await store.declaration("shop"));
      const proposal = { before, document, source: "shop.yaml", kept: current !== undefined, asked: beside };
      const plan = await planStack(proposal, { store, catalog, grammar, settings: {}, clock, io, env });
      if (plan.resources === undefined) throw new Error("the plan tells nothing of resources");
      return { ...plan, resources: plan.resources };
    },
    kill() {
      life++;
      current = undefined;
    },
    status: (address) =>
      keeper()
        .resources()
        .statuses.find((each) => each.address === address),
    states: () => (current?.resources().statuses ?? []).map(({ address, state }) => `${address}: ${state}`),
    told: () =>
      events.filter(({ type }) => type.startsWith("resource.")).map(({ type, message }) => `${type} ${message}`),
    changes() {
      const fresh = world.calls.slice(asked);
      asked = world.calls.length;
      return fresh.filter((call) => !/^(open|list|read|due|assess) /.test(call));
    },
  };
  return shop;
}

export function isSettled(keeper: StackKeeper): boolean {
  const { settled, observedGeneration } = keeper.resources();
  return settled && observedGeneration >= (keeper.declaration()?.generation ?? 0);
}

/** Lets everything happen that needs no time. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function holder(pid: number): Holder {
  return { pid, started: "1", boot: "boot", namespace: "pid", socket: `/run/${pid}.sock`, command: "test" };
}
