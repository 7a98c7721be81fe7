/** What everything simulated is made of, whoever drives the engine in it. */
import type { Clock } from "@muster/runtime";
import type { Ailment } from "./ailments.ts";
import type { Faults } from "./faults.ts";
import type { Tell } from "./happening.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

export interface Traits {
  readonly settleMs: number;
  readonly local: boolean;
}

/** `faults` is asked each time: they stop at some time. */
export interface Stage {
  readonly world: World;
  readonly clock: Clock;
  readonly random: Random;
  readonly traits: Traits;
  faults(): Faults;
  /** What is wrong with an image; undefined when nothing is. */
  ailmentOf(image: unknown): Ailment | undefined;
  /** The world has no room for another thing. */
  isCrowded(): boolean;
  /** 1, 2, 3 … */
  nextCall(): number;
  tell: Tell;
}
