/** What a person asks of whole groups, beside what is declared: another size, a pause, the way on or back, the end. */
import type { Document } from "@muster/model";
import type { Declaration } from "@muster/store";
import { hasFormer } from "./commit.ts";
import type { GroupController } from "./controller.ts";
import { freed, steered, type Transition } from "./declaring.ts";
import type { Grammar } from "./ports.ts";
import { destroy, pause, promote, resume, revert, type SteeringChange } from "./steering.ts";

export interface SteeredGroups {
  scale(group: string, size: number, actor: string): Promise<void>;
  pause(group: string, actor: string): Promise<void>;
  /** Takes away a pause; where there is none, tries again what had failed or had been reverted. */
  resume(group: string, actor: string): Promise<void>;
  /** The canaries are good: the others follow. Throws `group.no-canary`, `group.paused`, `group.canaries-failed`. */
  promote(group: string, actor: string): Promise<void>;
  /** Back to the version before. Throws `group.nothing-to-revert-to`. */
  revert(group: string, actor: string): Promise<void>;
  /** Stops keeping the group; its members stay. */
  free(group: string, actor: string): Promise<void>;
  /** Destroys the group, member by member; it is forgotten when the last is gone. */
  destroy(group: string, actor: string): Promise<void>;
}

export interface SteeredGroupsDeps {
  readonly stack: string;
  readonly grammar: Grammar;
  /** What is declared. Throws `stack.lost`. */
  known(): Declaration;
  /** Throws `group.not-found`. */
  controllerOf(group: string): GroupController;
  /** The same of a group that may be changed. Throws `group.observed` too. */
  controllerToChange(group: string): GroupController;
  commit(document: Document, source: string, actor: string): Promise<unknown>;
  /** Writes down what is declared from now on, and keeps that. */
  take(transition: Transition): Promise<void>;
  serially<T>(run: () => Promise<T>): Promise<T>;
}

export function steerGroups(deps: SteeredGroupsDeps): SteeredGroups {
  const { stack, grammar, known, controllerOf, controllerToChange, commit, take, serially } = deps;

  function steer(group: string, change: () => SteeringChange, actor: string): Promise<void> {
    return serially(async () => {
      const status = controllerToChange(group).status();
      const transition = steered(known(), group, change(), status, actor);
      if (transition !== undefined) await take(transition);
    });
  }

  function canariesOf(group: string): number | undefined {
    return controllerOf(group).policy()?.rollout.canary;
  }

  return {
    scale: (group, size, actor) =>
      serially(async () => {
        controllerToChange(group);
        const { document, source } = known();
        await commit(grammar.resize(document, group, size, source), source, actor);
      }),
    pause: (group, actor) => steer(group, () => pause, actor),
    resume: (group, actor) => steer(group, () => resume, actor),
    destroy: (group, actor) => steer(group, () => destroy, actor),
    promote: (group, actor) => steer(group, () => promote(`${stack}/${group}`, canariesOf(group)), actor),
    revert: (group, actor) =>
      steer(group, () => revert(`${stack}/${group}`, hasFormer(known(), group, grammar)), actor),
    free: (group, actor) =>
      serially(async () => {
        controllerOf(group);
        await take(freed(known(), group, actor, grammar));
      }),
  };
}
