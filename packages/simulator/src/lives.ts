/** Muster's processes, one life after another. Where there are two at once, one holds the stack and the other waits for it. */
import { type Blow, beginLife, type Life } from "./crash.ts";
import type { Stage } from "./stage.ts";

/** What is told of Muster to those who deal with it. */
export interface Kept<Keeper> {
  /** The one that runs now, when there is one and it has started. */
  keeper(): { readonly keeper: Keeper; readonly life: Life } | undefined;
  /** One of its lives is stopped, and may have something to do yet. */
  isStopped(): boolean;
}

export interface Lives {
  /** The life that took the stack last; 0: none has. */
  holder(): number;
  /** From here on it holds the stack. */
  take(life: Life): void;
  /** It has neither ended nor is it stopped, as far as anybody can tell. */
  seemsAlive(life: number): boolean;
  isStopped(): boolean;
  /** Whoever finds the stack held asks again after so many milliseconds. */
  waitMs(): number;
  /** Another one begins after a while. */
  beginLater(): void;
}

const LONGEST_ABSENCE_MS = 20_000;
const LONGEST_FREEZE_MS = 60_000;

/**
 * @param managers how many there are at once
 * @param start begins what a life does
 * @param ended told of a life that was killed
 */
export function runLives(
  stage: Stage,
  managers: number,
  start: (life: Life, lives: Lives) => void,
  ended: (life: Life) => void,
): Lives {
  const { clock, tell } = stage;
  const random = stage.random.fork("muster");
  const all = new Map<number, Life>();
  let holder = 0;

  function strikes(): Blow | undefined {
    const { crash, freeze } = stage.faults();
    if (random.chance(crash)) return { kind: "crash" };
    return random.chance(freeze) ? { kind: "freeze", ms: random.between(100, LONGEST_FREEZE_MS) } : undefined;
  }

  function begin(): void {
    const number = all.size + 1;
    const life: Life = beginLife(number, clock, {
      strikes,
      crashed(point) {
        ended(life);
        tell({ kind: "crashed", life: number, point });
        beginLater();
      },
      froze: (ms) => tell({ kind: "froze", life: number, ms }),
      thawed: () => tell({ kind: "thawed", life: number }),
    });
    all.set(number, life);
    tell({ kind: "started", life: number });
    start(life, lives);
  }

  function beginLater(): void {
    clock.after(random.between(1, LONGEST_ABSENCE_MS), begin);
  }

  const lives: Lives = {
    holder: () => holder,
    take(life) {
      holder = life.number;
      tell({ kind: "holds", life: life.number });
    },
    seemsAlive(number) {
      const life = all.get(number);
      return life !== undefined && !life.isOver() && !life.isFrozen();
    },
    isStopped: () => [...all.values()].some((life) => !life.isOver() && life.isFrozen()),
    waitMs: () => random.between(1_000, 5_000),
    beginLater,
  };
  for (let manager = 0; manager < managers; manager++) begin();
  return lives;
}
