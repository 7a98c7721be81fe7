/** What a look has shown is not remembered any more; what is as declared is no longer awaited. */
import type { Address } from "@muster/model";
import type { Ledger } from "./ledger.ts";
import type { Draft, Remembered } from "./memory.ts";
import type { ResourcesTask } from "./tended.ts";
import { driftedOf } from "./told.ts";
import type { Visited } from "./visited.ts";

/** After each pass. Drift that is only reported is written down once, until it is another or is over. */
export function remembering(ledger: Ledger): (task: ResourcesTask, visited: readonly Visited[]) => Promise<void> {
  const drifted = new Map<Address, string>();

  function driftIn({ address, end, step }: Visited) {
    if (end.kind === "kept") drifted.delete(address);
    if (end.kind !== "held" || step === undefined) return [];
    // What is only observed is never carried through: whatever differs has drifted.
    if (step.cause !== "corrective" && step.held?.reason !== "observe") return [];
    const why = step.held?.message ?? step.next ?? "";
    if (drifted.get(address) === step.why) return [];
    drifted.set(address, step.why);
    return [driftedOf(address, step, why)];
  }

  /** What of this is over. */
  function overIn(task: ResourcesTask, kept: ReadonlyMap<Address, Visited>, address: Address): Remembered {
    const { pending, open, told } = ledger.memory.of(address);
    const visited = kept.get(address);
    const isOver = visited !== undefined || !task.tended.has(address);
    return {
      ...(isOver && pending !== undefined && pending <= task.generation ? { pending: undefined } : {}),
      ...(visited?.id !== undefined && open !== undefined ? { open: undefined } : {}),
      ...(isOver && told !== undefined ? { told: undefined } : {}),
    };
  }

  return async (task, visited) => {
    const events = visited.flatMap(driftIn);
    const kept = new Map(visited.filter(({ end }) => end.kind === "kept").map((each) => [each.address, each]));
    const over = [...ledger.memory.addresses()].filter((address) => {
      return Object.keys(overIn(task, kept, address)).length > 0;
    });
    if (over.length === 0 && events.length === 0) return;
    const remember = (memory: Draft) => {
      for (const address of over) memory.change(address, overIn(task, kept, address));
    };
    await ledger.write({ events, remember });
  };
}
