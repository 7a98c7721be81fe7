/** The same people, who wait for no promise: what was not acknowledged they do again, and what was refused they leave. */
import { messageOf } from "@muster/model";
import { deedOf, doingsOf, doomedBy, isFinal, kill, releasedBy, type Word, wordsOf } from "../deeds.ts";
import { AGAIN_AFTER_MS, type People } from "../people.ts";
import type { Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";
import type { Answer } from "./keeper.ts";
import type { EngineMuster } from "./muster.ts";

export function people(scenario: Scenario, stage: Stage, muster: EngineMuster): People {
  const { clock, tell } = stage;
  const all = doingsOf(scenario);
  let left = all.length;
  for (const doing of all) {
    clock.after(doing.at, () => {
      if (doing.kind === "restart") muster.restart(over);
      else if (doing.kind !== "kill") say(doing);
      else {
        kill(stage, doing.group, doing.count);
        over();
      }
    });
  }

  function over(): void {
    left--;
  }

  function say(doing: Word): void {
    const now = muster.keeper();
    const again = () => void clock.after(AGAIN_AFTER_MS, () => say(doing));
    if (now === undefined) {
      again();
      return;
    }
    const { keeper, life } = now;
    const what = wordsOf(doing);
    let isOpen = true;
    const settle = (then: () => void) => {
      if (!isOpen) return;
      isOpen = false;
      unlisten();
      then();
    };
    // Who names instances looks again before naming others.
    const unlisten = life.onEnd(() => settle(doing.kind === "destroy-instances" ? over : again));
    const refused = (thrown: unknown) =>
      settle(() => {
        tell({ kind: "refused", what, why: messageOf(thrown) });
        if (isFinal(thrown)) over();
        else again();
      });
    const acknowledged = () =>
      settle(() => {
        tell({ kind: "acknowledged", what, released: releasedBy(doing) });
        over();
      });
    try {
      const doomed = doomedBy(doing, keeper);
      tell({ kind: "asked", what, doomed });
      const answer = deedOf<Answer>(doing, keeper, doomed, scenario.groups);
      if (answer === undefined) acknowledged();
      else answer(acknowledged, refused);
    } catch (thrown) {
      refused(thrown);
    }
  }

  return { areDone: () => left === 0 };
}
