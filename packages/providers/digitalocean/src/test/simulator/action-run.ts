/** How an action goes on and ends. A droplet has one at a time. */
import type { Droplet } from "./droplet.ts";
import type { Action, World } from "./world.ts";

export interface Course {
  readonly type: string;
  readonly takesMs: number;
  /** What it has made of the droplet when it completes. */
  readonly effect: (droplet: Droplet, time: number) => Droplet;
}

/** Begins an action on a droplet that is busy with no other. */
export function beginAction(world: World, droplet: Droplet, { type, takesMs, effect }: Course): Action {
  const now = world.clock.now();
  const fault = world.faults.takeForAction(type);
  const action: Action = {
    id: world.nextId("action"),
    type,
    status: "in-progress",
    startedAt: now,
    completedAt: undefined,
    droplet: droplet.id,
    region: droplet.region,
  };
  world.actions.set(action.id, action);
  world.busy.set(droplet.id, action.id);
  const changes = fault?.kind === "unheard" ? (same: Droplet) => same : effect;
  world.agenda.at(now + takesMs + (fault?.kind === "slow" ? fault.ms : 0), (time) => {
    // Whoever has destroyed the droplet has ended the action.
    if (world.busy.get(droplet.id) !== action.id) return;
    endAction(world, action, fault?.kind === "errored" ? "errored" : "completed", time);
    const before = world.droplets.get(droplet.id);
    if (before !== undefined && fault?.kind !== "errored") world.droplets.put(changes(before, time), time);
  });
  return action;
}

export function endAction(world: World, action: Action, status: "completed" | "errored", time: number): void {
  world.busy.delete(action.droplet);
  world.actions.set(action.id, { ...action, status, completedAt: time });
}

/** Destroys a droplet, whatever it is busy with: for a while it is there as `archive`, then it is gone. */
export function destroyDroplet(world: World, droplet: Droplet): void {
  const now = world.clock.now();
  const cut = world.actions.get(world.busy.get(droplet.id) ?? 0);
  if (cut !== undefined) endAction(world, cut, "errored", now);
  const { goesOff, ...rest } = droplet;
  world.droplets.put({ ...rest, status: "archive" }, now);
  const id = world.nextId("action");
  const action: Action = {
    id,
    type: "destroy",
    status: "in-progress",
    startedAt: now,
    completedAt: undefined,
    droplet: droplet.id,
    region: droplet.region,
  };
  world.actions.set(id, action);
  world.busy.set(droplet.id, id);
  world.agenda.at(now + world.times.destroyMs, (time) => {
    endAction(world, action, "completed", time);
    world.droplets.remove(droplet.id, time);
  });
}
