/** People, who declare, steer and meddle. What was not acknowledged they do again; what was refused they leave. */
import { MusterError, messageOf } from "@muster/model";
import type { StackKeeper } from "@muster/runtime";
import { documentOf, type Mode, modeOf, type StackText, textOf } from "./grammar.ts";
import { membersOf } from "./marks.ts";
import type { Muster } from "./muster.ts";
import type { Doing, Scenario } from "./scenario.ts";
import type { Stage } from "./type.ts";

/** Nobody has committed anything yet: the first thing that anybody does. */
type Beginning = { readonly kind: "begin"; readonly at: 0; readonly group: "" };

export interface People {
  /** Everything they wanted to do has been done, or refused. */
  areDone(): boolean;
}

const AGAIN_AFTER_MS = 1_500;

export function people(scenario: Scenario, stage: Stage, muster: Muster): People {
  const { clock, world, random, tell } = stage;
  const beginning: Beginning = { kind: "begin", at: 0, group: "" };
  const all: readonly (Doing | Beginning)[] = [beginning, ...scenario.doings];
  let left = all.length;
  for (const doing of all) clock.after(doing.at, () => void persist(doing).then(() => left--));

  async function persist(doing: Doing | Beginning): Promise<void> {
    if (doing.kind === "kill") return kill(doing.group, doing.count);
    if (doing.kind === "restart") return muster.restart();
    for (;;) {
      const done = await once(doing);
      if (done) return;
      await clock.sleep(AGAIN_AFTER_MS);
    }
  }

  /** True when there is nothing more to be tried. */
  async function once(doing: Exclude<Doing, { kind: "kill" | "restart" }> | Beginning): Promise<boolean> {
    const now = muster.keeper();
    if (now === undefined) return false;
    const what = wordsOf(doing);
    const died = new Promise<"died">((resolve) => void now.life.onEnd(() => resolve("died")));
    try {
      const did = await Promise.race([carryOut(doing, now.keeper, what), died]);
      // Who names instances looks again before naming others.
      if (did === "died") return doing.kind === "destroy-instances";
      const released = doing.kind === "free" || doing.kind === "undeclare" ? doing.group : undefined;
      tell({ kind: "acknowledged", what, released });
      return true;
    } catch (thrown) {
      tell({ kind: "refused", what, why: messageOf(thrown) });
      return thrown instanceof MusterError && FINAL.has(thrown.code);
    }
  }

  async function carryOut(
    doing: Exclude<Doing, { kind: "kill" | "restart" }> | Beginning,
    keeper: StackKeeper,
    what: string,
  ): Promise<void> {
    const { group } = doing;
    const doomed = doing.kind === "destroy-instances" ? some(keeper, doing) : [];
    tell({ kind: "asked", what, doomed });
    switch (doing.kind) {
      case "begin":
        if (keeper.declaration() === undefined) await commit(keeper, scenario.groups, "enforce");
        return;
      case "declare": {
        const texts = textsOf(keeper);
        const text = texts[group] ?? scenario.groups[group];
        if (text !== undefined) await commit(keeper, { ...texts, [group]: { ...text, ...doing.change } });
        return;
      }
      case "undeclare": {
        const { [group]: _, ...others } = textsOf(keeper);
        return commit(keeper, others);
      }
      case "observe":
      case "enforce":
        if (keeper.declaration() !== undefined) await commit(keeper, textsOf(keeper), doing.kind);
        return;
      case "promote":
        return keeper.promote(group, "user:ann");
      case "revert":
        return keeper.revert(group, "user:ann");
      case "scale":
        return keeper.scale(group, doing.size, "user:ann");
      case "pause":
        return keeper.pause(group, "user:ann");
      case "resume":
        return keeper.resume(group, "user:ann");
      case "destroy":
        return keeper.destroy(group, "user:ann");
      case "free":
        return keeper.free(group, "user:ann");
      case "destroy-instances":
        if (doomed.length > 0) await keeper.destroyInstances(group, doomed, "user:ann");
        return;
    }
  }

  function kill(group: string, count: number): void {
    const living = membersOf(world, group);
    for (const { id } of living.slice(0, count)) {
      const lag = random.chance(stage.faults().lag) ? random.between(0, stage.traits.settleMs) : 0;
      world.end(id, "others", clock.now() + lag);
      tell({ kind: "befell", what: "killed", id });
    }
  }

  return { areDone: () => left === 0 };
}

const FINAL: ReadonlySet<string> = new Set([
  "group.not-found",
  "instance.not-found",
  "group.named-members",
  "group.no-canary",
  "group.observed",
  "group.paused",
  "group.canaries-failed",
  "group.nothing-to-revert-to",
]);

async function commit(keeper: StackKeeper, groups: StackText, mode: Mode = modeFor(keeper)): Promise<void> {
  await keeper.commit(documentOf(groups, mode), "stack.yaml", "user:ann");
}

function modeFor(keeper: StackKeeper): Mode {
  const declaration = keeper.declaration();
  return declaration === undefined ? "enforce" : modeOf(declaration.document);
}

function textsOf(keeper: StackKeeper): StackText {
  const declaration = keeper.declaration();
  return declaration === undefined ? {} : textOf(declaration.document);
}

function some(keeper: StackKeeper, { group, count }: { readonly group: string; readonly count: number }): string[] {
  return keeper
    .seen(group)
    .slice(0, count)
    .map(({ id }) => id);
}

function wordsOf({ at: _, ...doing }: Doing | Beginning): string {
  return Object.values(doing)
    .map((word) => (typeof word === "object" ? JSON.stringify(word) : String(word)))
    .join(" ");
}
