/** Muster's processes: the production runtime in one life after another, on the same store and the same world. */
import { MusterError } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import { type Decide, keepStack, type StackKeeper } from "@muster/runtime";
import type { Holder, Lease, Store } from "@muster/store";
import type { Life } from "./crash.ts";
import { simulatedFlavor } from "./flavor.ts";
import { grammar, STACK } from "./grammar.ts";
import { type Kept, type Lives, runLives } from "./lives.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";
import { storeOf } from "./store.ts";
import { simulatedType } from "./type.ts";

/** What a test may put in the place of the real thing, to see that the simulator notices. */
export interface Parts {
  readonly decide: Decide;
  readonly store: Store;
}

export interface Muster extends Kept<StackKeeper> {
  /** Ends in order, and begins anew. Resolves when it has ended. */
  restart(): Promise<void>;
}

/** @param managers how many processes there are at once: one holds the stack, the others wait for it */
export function runMuster(stage: Stage, parts: Parts, managers: number): Muster {
  const { clock, tell } = stage;
  let running: { readonly keeper: StackKeeper; readonly life: Life } | undefined;
  const lives = runLives(
    stage,
    managers,
    (life, others) => {
      start(life, others).catch((thrown) => life.crash(`it could not start: ${thrown}`));
    },
    (life) => {
      if (running?.life === life) running = undefined;
    },
  );

  async function start(life: Life, others: Lives): Promise<void> {
    const store = storeOf(parts.store, life, stage);
    const lease = await hold(life, others);
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
    if (others.holder() === life.number && !life.isOver()) running = { keeper, life };
  }

  /** Waits until the stack is free, or whoever holds it is dead, as far as anybody can tell. */
  async function hold(life: Life, others: Lives): Promise<Lease> {
    const self = { pid: life.number, started: "", boot: "", namespace: "", socket: "", command: "simulate" };
    const isAlive = async ({ pid }: Holder) => others.seemsAlive(pid);
    for (;;) {
      try {
        return await life.step("acquire", async () => {
          const lease = await parts.store.acquire(STACK, self, isAlive);
          // Told at once: whatever befalls it next, from here on it holds the stack.
          others.take(life);
          return lease;
        });
      } catch (thrown) {
        if (!(thrown instanceof MusterError) || thrown.code !== "stack.held") throw thrown;
      }
      await new Promise<void>((resolve) => void life.clock.after(others.waitMs(), resolve));
    }
  }

  return {
    keeper: () => running,
    isStopped: lives.isStopped,
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
          lives.beginLater();
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

export function catalogOf(stage: Stage, life: Life): Catalog {
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
