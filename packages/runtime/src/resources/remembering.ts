/** What a look has shown is not remembered any more; what is as declared is no longer awaited. */
import type { Address } from "@muster/model";
import type { Ledger } from "./ledger.ts";
import { type ResourcesMemory, withoutAll } from "./memory.ts";
import type { ResourcesTask } from "./tended.ts";
import { driftedOf } from "./told.ts";
import type { Visited } from "./visited.ts";

/** After each pass. Drift that is only reported is written down once, until it is another or is over. */
export function remembering(ledger: Ledger): (task: ResourcesTask, visited: readonly Visited[]) => Promise<void> {
  const drifted = new Map<Address, string>();

  function driftIn({ address, end, step }: Visited) {
    if (end.kind === "kept") drifted.delete(address);
    if (end.kind !== "held" || step?.cause !== "corrective") return [];
    const why = step.held?.message ?? step.next ?? "";
    if (drifted.get(address) === step.why) return [];
    drifted.set(address, step.why);
    return [driftedOf(address, step, why)];
  }

  return async (task, visited) => {
    const events = visited.flatMap(driftIn);
    const before = ledger.memory();
    const isSame = afterLook(before, task, visited) === before;
    if (isSame && events.length === 0) return;
    await ledger.write({ events, ...(isSame ? {} : { remember: (memory) => afterLook(memory, task, visited) }) });
  };
}

function afterLook(memory: ResourcesMemory, task: ResourcesTask, visited: readonly Visited[]): ResourcesMemory {
  const kept = new Map(visited.filter(({ end }) => end.kind === "kept").map((each) => [each.address, each]));
  const isKept = (address: Address) => kept.has(address);
  const pending = withoutAll(memory.pending, (address, since) => isKept(address) && since <= task.generation);
  const open = withoutAll(memory.open, (address) => kept.get(address)?.id !== undefined);
  const told = withoutAll(memory.told, (address) => isKept(address) || !task.tended.has(address));
  const isSame = pending === memory.pending && open === memory.open && told === memory.told;
  return isSame ? memory : { ...memory, pending, open, told };
}
