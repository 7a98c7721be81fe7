/** Muster's lives, of the engine alone: each with a keeper of its own, on the same book and in the same world. */
import type { Decide } from "@muster/runtime";
import type { Life } from "../crash.ts";
import { type Kept, type Lives, runLives } from "../lives.ts";
import { catalogOf } from "../muster.ts";
import type { Stage } from "../stage.ts";
import { type Breakage, openBook } from "./book.ts";
import { type Keeper, keep } from "./keeper.ts";

export interface EngineMuster extends Kept<Keeper> {
  /** Ends in order, and begins anew. */
  restart(ended: () => void): void;
}

export function runEngine(stage: Stage, decide: Decide, broken: Breakage, managers: number): EngineMuster {
  const { clock, tell } = stage;
  let holder = 0;
  const book = openBook(stage, () => holder, broken);
  let running: { readonly keeper: Keeper; readonly life: Life } | undefined;
  const lives = runLives(stage, managers, start, (life) => {
    if (running?.life === life) running = undefined;
  });

  /** Waits until the stack is free, or whoever holds it is dead, as far as anybody can tell. */
  function start(life: Life, others: Lives): void {
    life.goOn("acquire", () => {
      if (others.seemsAlive(others.holder())) {
        life.clock.after(others.waitMs(), () => start(life, others));
        return;
      }
      holder = life.number;
      others.take(life);
      life.goOn("acquired", () => {
        if (others.holder() !== life.number) return;
        running = { keeper: keep({ stage, life, book, catalog: catalogOf(stage, life), decide }), life };
      });
    });
  }

  return {
    keeper: () => running,
    isStopped: lives.isStopped,
    restart(ended) {
      const now = running;
      if (now === undefined) return ended();
      const { keeper, life } = now;
      running = undefined;
      life.onEnd(ended);
      // One that is stopped goes on first.
      clock.after(0, () =>
        life.goOn("close", () =>
          keeper.close(() => {
            // What it still had to write may have told it that it has lost the stack.
            if (life.isOver()) return;
            tell({ kind: "closed", life: life.number });
            life.end();
            lives.beginLater();
          }),
        ),
      );
    },
  };
}
