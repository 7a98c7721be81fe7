/**
 * Muster's processes: the production runtime in one life after another, on the same store and the same world. Where there
 * are two at once, one holds the stack and the other waits for it.
 */
import { MusterError } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import { type Decide, keepStack, type StackKeeper } from "@muster/runtime";
import type { Holder, Lease, Store } from "@muster/store";
import { type Blow, beginLife, type Life } from "./crash.ts";
import { simulatedFlavor } from "./flavor.ts";
import { grammar, STACK } from "./grammar.ts";
import type { Random } from "./random.ts";
import { storeOf } from "./store.ts";
import { type Stage, simulatedType } from "./type.ts";

/** What a test may put in the place of the real thing, to see that the simulator notices. */
export interface Parts {
  readonly decide: Decide;
  readonly store: Store;
}

export interface Muster {
  /** The one that runs now, when there is one and it has started. */
  keeper(): { readonly keeper: StackKeeper; readonly life: Life } | undefined;
  /** One of its lives is stopped, and may have something to do yet. */
  isStopped(): boolean;
  /** Ends in order, and begins anew. Resolves when it has ended. */
  restart(): Promise<void>;
}

const LONGEST_ABSENCE_MS = 20_000;
const LONGEST_FREEZE_MS = 60_000;

/** @param managers how many processes there are at once: one holds the stack, the others wait for it */
export function runMuster(stage: Stage, parts: Parts, managers: number): Muster {
  const { clock, tell } = stage;
  const random = stage.random.fork("muster");
  const lives = new Map<number, Life>();
  /** The life that took the stack last. */
  let holder = 0;
  let running: { readonly keeper: StackKeeper; readonly life: Life } | undefined;
  for (let manager = 0; manager < managers; manager++) begin();

  function strikes(): Blow | undefined {
    const { crash, freeze } = stage.faults();
    if (random.chance(crash)) return { kind: "crash" };
    return random.chance(freeze) ? { kind: "freeze", ms: random.between(100, LONGEST_FREEZE_MS) } : undefined;
  }

  function begin(): void {
    const number = lives.size + 1;
    const life: Life = beginLife(number, clock, {
      strikes,
      crashed(point) {
        if (running?.life === life) running = undefined;
        tell({ kind: "crashed", life: number, point });
        beginLater();
      },
      froze: (ms) => tell({ kind: "froze", life: number, ms }),
      thawed: () => tell({ kind: "thawed", life: number }),
    });
    lives.set(number, life);
    tell({ kind: "started", life: number });
    start(life).catch((thrown) => life.crash(`it could not start: ${thrown}`));
  }

  function beginLater(): void {
    clock.after(random.between(1, LONGEST_ABSENCE_MS), begin);
  }

  async function start(life: Life): Promise<void> {
    const store = storeOf(parts.store, life, stage);
    const lease = await hold(life);
    const bytes = stage.random.fork(`bytes ${life.number}`);
    const keeper = await keepStack({
      store,
      lease,
      catalog: catalogOf(stage, life),
      grammar,
      settings: {},
      decide: parts.decide,
      clock: life.clock,
      io: { now: clock.now, randomBytes: (count) => bytesOf(bytes, count) },
      onEvent: () => undefined,
      onStatus: (group, status) => {
        if (!life.isOver()) tell({ kind: "status", life: life.number, group, status });
      },
      onLost: (error) => life.crash(error.message),
    });
    // Whoever was killed while it started has nothing to say any more.
    if (holder === life.number && !life.isOver()) running = { keeper, life };
  }

  /** Waits until the stack is free, or whoever holds it is dead, as far as anybody can tell. */
  async function hold(life: Life): Promise<Lease> {
    const self = { pid: life.number, started: "", boot: "", namespace: "", socket: "", command: "simulate" };
    const isAlive = async ({ pid }: Holder) => {
      const other = lives.get(pid);
      return other !== undefined && !other.isOver() && !other.isFrozen();
    };
    for (;;) {
      try {
        return await life.step("acquire", async () => {
          const lease = await parts.store.acquire(STACK, self, isAlive);
          // Told at once: whatever befalls it next, from here on it holds the stack.
          holder = life.number;
          tell({ kind: "holds", life: life.number });
          return lease;
        });
      } catch (thrown) {
        if (!(thrown instanceof MusterError) || thrown.code !== "stack.held") throw thrown;
      }
      await new Promise<void>((resolve) => void life.clock.after(random.between(1_000, 5_000), resolve));
    }
  }

  return {
    keeper: () => running,
    isStopped: () => [...lives.values()].some((life) => !life.isOver() && life.isFrozen()),
    async restart() {
      const now = running;
      if (now === undefined) return;
      const { keeper, life } = now;
      running = undefined;
      const crashed = new Promise<void>((resolve) => void life.onEnd(resolve));
      const closed = keeper.close().then(
        () => {
          tell({ kind: "closed", life: life.number });
          life.end();
          beginLater();
        },
        (thrown) => life.crash(`it could not close: ${thrown}`),
      );
      await Promise.race([crashed, closed]);
    },
  };
}

function bytesOf(random: Random, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i++) bytes[i] = random.between(0, 255);
  return bytes;
}

function catalogOf(stage: Stage, life: Life): Catalog {
  const type = simulatedType(stage, life);
  const flavors = { plain: simulatedFlavor("plain", stage, life), probed: simulatedFlavor("probed", stage, life) };
  return {
    type: (name) => (name === type.name ? type : undefined),
    flavor: (name) => (name === "plain" || name === "probed" ? flavors[name] : undefined),
    typeNames: () => [type.name],
    flavorNames: () => Object.keys(flavors),
    onChange: () => () => undefined,
  };
}
