/** What a group lacks that is only observed: all of it, and not the first step towards it. */
import { slotCount } from "@muster/model";
import { isStale } from "./census.ts";
import type { Decision } from "./decisions.ts";
import type { GoodLook } from "./look.ts";
import type { Scene } from "./step.ts";

export function drifted(scene: Scene, look: GoodLook): Decision {
  const { memory, cause } = scene;
  const leaving = memory.calls.filter(({ kind }) => kind === "destroy").length;
  // Whoever went was taken by nobody here, whatever else has been declared and waits.
  const isLoss = look.members.length < memory.lastCount - leaving;
  return { type: "group.drifted", cause: isLoss ? "corrective" : cause, message: shortfall(scene) };
}

/** `2 there, 3 wanted: 1 missing, 2 outdated`. */
export function shortfall({ census, declared }: Scene): string {
  const { living } = census;
  const size = slotCount(declared.slots);
  const taken = new Set(living.filter(({ placed }) => placed).map(({ seen }) => seen.mark.slot));
  const filled = declared.slots.kind === "named" ? taken.size : Math.min(size, living.length);
  const counts = [
    [size - filled, "missing"],
    [living.length - filled, "surplus"],
    [living.filter((member) => member.placed && isStale(member)).length, "outdated"],
    [living.filter(({ health }) => health === "failing").length, "unhealthy"],
  ] as const;
  const lacks = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const head = `${living.length} there, ${size} wanted`;
  return lacks.length === 0 ? head : `${head}: ${lacks.join(", ")}`;
}
