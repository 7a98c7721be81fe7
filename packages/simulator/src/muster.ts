/** Muster's process: the production runtime in one life after another, on the same store and the same world. */
import type { Catalog } from "@muster/plugin";
import { type Decide, keepStack, type StackKeeper } from "@muster/runtime";
import type { Store } from "@muster/store";
import { beginLife, type Life } from "./crash.ts";
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
  /** Ends in order, and begins anew. Resolves when it has ended. */
  restart(): Promise<void>;
}

const LONGEST_ABSENCE_MS = 20_000;

export function runMuster(stage: Stage, parts: Parts): Muster {
  const { clock, tell } = stage;
  const random = stage.random.fork("muster");
  let lives = 0;
  let running: { readonly keeper: StackKeeper; readonly life: Life } | undefined;
  begin();

  function begin(): void {
    const number = ++lives;
    const life: Life = beginLife(
      number,
      clock,
      () => random.chance(stage.faults().crash),
      (point) => {
        running = undefined;
        tell({ kind: "crashed", life: number, point });
        beginLater();
      },
    );
    tell({ kind: "started", life: number });
    start(life).catch((thrown) => life.crash(`it could not start: ${thrown}`));
  }

  function beginLater(): void {
    clock.after(random.between(1, LONGEST_ABSENCE_MS), begin);
  }

  async function start(life: Life): Promise<void> {
    const store = storeOf(parts.store, life, stage);
    const holder = { pid: life.number, started: "", boot: "", namespace: "", socket: "", command: "simulate" };
    const lease = await store.acquire(STACK, holder, async () => false);
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
    running = { keeper, life };
  }

  return {
    keeper: () => running,
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
