import { stalledStatus } from "@muster/engine";
import { type MusterError, type Status, slotCount } from "@muster/model";
import type { Assignment } from "./bind.ts";
import type { GroupController } from "./controller.ts";
import type { Clock } from "./ports.ts";

/**
 * Stands in for the controller of a group that cannot be kept, because nobody knows any more what was under way: it says
 * why, and does nothing. The other groups of the stack are kept as ever.
 */
export function holdGroup(
  first: Assignment,
  why: MusterError,
  clock: Clock,
  onStatus: (status: Status) => void,
): GroupController {
  let status = held(first);
  onStatus(status);

  function held({ goal, generation, group }: Assignment): Status {
    const desired = goal === "destroy" ? 0 : slotCount(group.slots);
    return stalledStatus(generation, desired, "", clock.now(), { reason: why.code, message: why.message });
  }

  return {
    wake: () => undefined,
    assign(next) {
      status = held(next);
      onStatus(status);
    },
    doom: () => Promise.reject(why),
    status: () => status,
    members: () => [],
    policy: () => undefined,
    whom: () => undefined,
    seen: () => [],
    reach: () => undefined,
    standing: () => "unseen",
    stop: () => Promise.resolve(),
  };
}
