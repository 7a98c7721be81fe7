/** Muster in a simulated world: what keeps real stacks, with a store in memory and a clock that is simulated. */
import { confirmAgreed, grammar } from "@muster/declaration";
import { type Event, MusterError, type StackPlan, type Status, sha256 } from "@muster/model";
import type { Catalog, Io, SecretReference } from "@muster/plugin";
import {
  type Asked,
  hostPorts,
  type KeeperDeps,
  keepStack,
  planStack,
  type StackKeeper,
  type VirtualClock,
} from "@muster/runtime";
import { type Holder, memoryStore } from "@muster/store";
import type { Checked } from "./declared.ts";
import { untilGone, untilSettled } from "./settled.ts";

export interface Muster {
  readonly io: Io;
  readonly events: readonly Event[];
  /** Undefined until something was declared. */
  keeper(): StackKeeper | undefined;
  plan(checked: Checked, asked: Asked): Promise<StackPlan>;
  /** Throws MusterErrors where it is refused, and what `untilSettled` throws. */
  apply(checked: Checked, asked: Asked): Promise<StackPlan>;
  destroyStack(): Promise<void>;
}

export interface MusterDeps {
  /** The stack's name. */
  readonly stack: string;
  readonly catalog: Catalog;
  readonly clock: VirtualClock;
  /** What stands for a secret. */
  secret(reference: SecretReference): string;
}

/** Whoever declares something in a simulated world. */
const SOMEBODY = "user:test";
const NOBODY: Holder = { pid: 0, started: "", boot: "", namespace: "", socket: "", command: "simulate" };
/** A call within Muster that waits for its own timers has ended by then, in milliseconds. */
const LONGEST_CALL_MS = 600_000;

export function musterIn({ stack, catalog, clock, secret }: MusterDeps): Muster {
  const store = memoryStore();
  const events: Event[] = [];
  const statuses = new Map<string, Status>();
  const io: Io = { now: clock.now, randomBytes: countedBytes() };
  let troubles: readonly unknown[] = [];
  let keeper: StackKeeper | undefined;
  const outside = {
    ...{ store, catalog, clock, io, settings: {} },
    grammar,
    reveal: (value) => (typeof value === "string" ? value : secret(value)),
    run: async () => ({ kind: "well" }),
    hostPorts: hostPorts(() => new Set()),
  } satisfies Partial<KeeperDeps>;

  async function opened(): Promise<StackKeeper> {
    const lease = await store.acquire(stack, NOBODY, async () => false);
    return keepStack({
      ...outside,
      lease,
      onEvent: (event) => void events.push(event),
      onStatus: (group, status) => void statuses.set(group, status),
      onLost: trouble,
      onTrouble: trouble,
    });
  }

  function trouble(thrown: unknown): void {
    troubles = [...troubles, thrown];
  }

  /** What fails with nobody to hear of it would go unseen. */
  function confirmNoTrouble(): void {
    const [first] = troubles;
    troubles = [];
    if (first !== undefined) throw first;
  }

  /** Waits for what may itself wait for the simulated clock. */
  async function through<T>(call: Promise<T>): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    call.then(end, end);
    await clock.runUntil(clock.now() + LONGEST_CALL_MS, () => isOver);
    return call;
  }

  async function plan({ document, source }: Checked, asked: Asked): Promise<StackPlan> {
    const kept = keeper !== undefined;
    return through(planStack({ before: keeper?.declaration(), document, source: source.file, kept, asked }, outside));
  }

  return {
    io,
    events,
    keeper: () => keeper,
    plan,
    async apply(checked, asked) {
      const { document, source, stack: declared } = checked;
      const planned = await plan(checked, asked);
      confirmAgreed(planned, source.locate);
      keeper ??= await opened();
      await through(keeper.commit(document, source.file, SOMEBODY, asked));
      await untilSettled({ keeper, clock, statuses }, Object.keys(declared.groups));
      confirmNoTrouble();
      return planned;
    },
    async destroyStack() {
      if (keeper?.declaration() === undefined) throw new MusterError("stack.not-found", { stack, nearest: "" });
      await through(keeper.destroyAll(SOMEBODY));
      await untilGone({ keeper, clock, statuses });
      statuses.clear();
      confirmNoTrouble();
    },
  };
}

/** Bytes that are always the same, and no two alike. */
function countedBytes(): Io["randomBytes"] {
  let count = 0;
  return (wanted) => {
    let bytes = Buffer.alloc(0);
    while (bytes.length < wanted) bytes = Buffer.concat([bytes, Buffer.from(sha256(`${count++}`), "hex")]);
    return bytes.subarray(0, wanted);
  };
}
