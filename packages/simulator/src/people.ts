/** People, who declare, steer and meddle. What was not acknowledged they do again; what was refused they leave. */
import { messageOf } from "@muster/model";
import type { StackKeeper } from "@muster/runtime";
import { type Beginning, deedOf, doingsOf, doomedBy, isFinal, kill, releasedBy, type Word, wordsOf } from "./deeds.ts";
import type { Muster } from "./muster.ts";
import type { Doing, Scenario } from "./scenario.ts";
import { sleep } from "./sleep.ts";
import type { Stage } from "./stage.ts";

export interface People {
  /** Everything they wanted to do has been done, or refused. */
  areDone(): boolean;
}

/** What was not acknowledged is done again so much later. */
export const AGAIN_AFTER_MS = 1_500;

export function people(scenario: Scenario, stage: Stage, muster: Muster): People {
  const { clock, tell } = stage;
  const all = doingsOf(scenario);
  let left = all.length;
  for (const doing of all) clock.after(doing.at, () => void persist(doing).then(() => left--));

  async function persist(doing: Doing | Beginning): Promise<void> {
    if (doing.kind === "kill") return kill(stage, doing.group, doing.count);
    if (doing.kind === "restart") return muster.restart();
    for (;;) {
      const done = await once(doing);
      if (done) return;
      await sleep(clock, AGAIN_AFTER_MS);
    }
  }

  /** True when there is nothing more to be tried. */
  async function once(doing: Word): Promise<boolean> {
    const now = muster.keeper();
    if (now === undefined) return false;
    const what = wordsOf(doing);
    const died = new Promise<"died">((resolve) => void now.life.onEnd(() => resolve("died")));
    try {
      const did = await Promise.race([carryOut(doing, now.keeper, what), died]);
      // Who names instances looks again before naming others.
      if (did === "died") return doing.kind === "destroy-instances";
      tell({ kind: "acknowledged", what, released: releasedBy(doing) });
      return true;
    } catch (thrown) {
      tell({ kind: "refused", what, why: messageOf(thrown) });
      return isFinal(thrown);
    }
  }

  async function carryOut(doing: Word, keeper: StackKeeper, what: string): Promise<void> {
    const doomed = doomedBy(doing, keeper);
    tell({ kind: "asked", what, doomed });
    await deedOf<Promise<unknown>>(doing, keeper, doomed, scenario.groups);
  }

  return { areDone: () => left === 0 };
}
