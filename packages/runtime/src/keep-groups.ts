/** The groups of a stack: a controller for each, and none for what is let go. */
import { didYouMean, isConverged, MusterError, nearest, type Status } from "@muster/model";
import type { Writes } from "@muster/store";
import type { Assignment } from "./bind.ts";
import { confirmAll } from "./confirm-all.ts";
import { type ControllerDeps, controlGroup, type GroupController } from "./controller.ts";
import type { StandingOf } from "./front/drawn.ts";
import { holdGroup } from "./held.ts";
import { recollect } from "./recollect.ts";

export interface KeptGroups {
  /**
   * Gives every group its controller and its assignment. Those that are there have heard of it before anything is awaited.
   * Throws what the store throws.
   */
  assign(assignments: ReadonlyMap<string, Assignment>): Promise<void>;
  /** Ends the controllers of those that have no assignment any more, at once; resolves when they have ended. */
  endOthers(assignments: ReadonlyMap<string, Assignment>): Promise<readonly PromiseSettledResult<void>[]>;
  /** Throws `group.not-found`. */
  of(group: string): GroupController;
  /**
   * Undefined of one that is not kept, and before the first look.
   *
   * @param generation what is declared: what it speaks of may be older, and that it says
   */
  statusOf(group: string, generation: number): Status | undefined;
  readonly standingOf: StandingOf;
  /** Every one has been looked at, and is as this generation declares it. */
  areConverged(generation: number): boolean;
  wake(): void;
  /** Waits for what is in flight, at most so long (10 s), also of those that were let go before. */
  stop(graceMs?: number): Promise<void>;
}

type OfOne = "onStatus" | "onPass" | "withdrawn" | "onGone";

export interface KeptGroupsDeps extends Omit<ControllerDeps, OfOne> {
  readonly stack: string;
  /** The stack is let go: nobody begins to keep any. */
  isOver(): boolean;
  onStatus(group: string, status: Status): void;
  /** After every pass: members of it may have come or gone. */
  onPass(group: string): void;
  /** Where others send work to its members. */
  withdrawn(group: string, ...of: Parameters<NonNullable<ControllerDeps["withdrawn"]>>): Promise<void> | undefined;
  /** It was to be destroyed and nothing of it is left. */
  onGone(group: string): void;
}

export function keepGroups(deps: KeptGroupsDeps): KeptGroups {
  const controllers = new Map<string, GroupController>();
  const endings = new Set<Promise<void>>();

  async function control(assignment: Assignment): Promise<GroupController> {
    const { name } = assignment.group;
    const memory = await recollect(deps.store, deps.stack, name);
    if (memory instanceof MusterError)
      return holdGroup(assignment, memory, deps.clock, (status) => deps.onStatus(name, status));
    return controlGroup(assignment, memory, {
      ...deps,
      // One that is being let go tells what it still has to tell, and leaves nothing to remember.
      write: (writes) => deps.write(controllers.has(name) ? writes : withoutMemory(writes)),
      onStatus: (status) => deps.onStatus(name, status),
      onPass: () => deps.onPass(name),
      withdrawn: (...of) => deps.withdrawn(name, ...of),
      onGone: () => deps.onGone(name),
    });
  }

  function statusOf(group: string, generation: number): Status | undefined {
    const status = controllers.get(group)?.status();
    return status && { ...status, generation };
  }

  async function end(group: string): Promise<void> {
    const ending = controllers.get(group)?.stop() ?? Promise.resolve();
    controllers.delete(group);
    endings.add(ending);
    await ending.finally(() => endings.delete(ending));
  }

  return {
    async assign(assignments) {
      for (const [name, assignment] of assignments) controllers.get(name)?.assign(assignment);
      for (const [name, assignment] of assignments) {
        if (!controllers.has(name) && !deps.isOver()) controllers.set(name, await control(assignment));
      }
    },
    endOthers(assignments) {
      const gone = [...controllers.keys()].filter((name) => !assignments.has(name));
      return Promise.allSettled(gone.map(end));
    },
    of(group) {
      const controller = controllers.get(group);
      if (controller !== undefined) return controller;
      throw new MusterError("group.not-found", { group, nearest: didYouMean(nearest(group, controllers.keys())) });
    },
    statusOf,
    standingOf: (group) => controllers.get(group)?.standing() ?? "unkept",
    areConverged: (generation) =>
      [...controllers.keys()].every((group) => {
        const status = statusOf(group, generation);
        return status !== undefined && isConverged(status);
      }),
    wake() {
      for (const controller of controllers.values()) controller.wake();
    },
    async stop(graceMs) {
      const stopping = [...controllers.values()].map((controller) => controller.stop(graceMs));
      confirmAll(await Promise.allSettled([...stopping, ...endings]));
    },
  };
}

function withoutMemory({ memory: _, ...others }: Writes): Writes {
  return others;
}
