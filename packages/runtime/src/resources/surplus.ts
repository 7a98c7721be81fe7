/** Things that were made twice, by two Musters that do not know of each other: whoever made the younger one takes it away. */
import { type EventDraft, type EventType, musterMarks, type Observed, resourceOwner } from "@muster/model";
import { MUSTER } from "../events.ts";
import { PATIENT } from "../patience.ts";
import { answered } from "./asking.ts";
import type { BoundResource } from "./bound.ts";
import type { Hands } from "./carry-out.ts";
import { type ResourcesMemory, without } from "./memory.ts";

/** Takes away those that are this Muster's; the others are left to whoever made them, and told. */
export async function removeSurplus(
  bound: BoundResource,
  surplus: readonly Observed[],
  { ledger, clock }: Hands,
): Promise<readonly Observed[]> {
  if (bound.known !== "tags" || surplus.length === 0) return [];
  const { address } = bound.resource;
  const own = surplus.filter((each) => isOurs(each, address, ledger.memory()));
  for (const { id } of own) {
    const event = (type: EventType, message: string): EventDraft => ({
      ...{ type, resource: address, actor: MUSTER, cause: "corrective", instance: id },
      message: `${address}: ${message}`,
    });
    await ledger.write({
      events: [event("resource.decided", `destroy ${id} (another Muster had made one before)`)],
    });
    await answered(bound.provider.destroy(id, PATIENT), "destroy", clock);
    await ledger.write({
      events: [event("resource.destroyed", `${id} destroyed (another Muster had made one before)`)],
      remember: (memory) => ({ ...memory, open: without(memory.open, address), made: without(memory.made, address) }),
    });
  }
  return surplus.filter((each) => !own.includes(each));
}

function isOurs({ tags }: Observed, address: string, { made, open }: ResourcesMemory): boolean {
  const mark = musterMarks.read(tags);
  if (mark?.owner !== resourceOwner(address) || mark.intent === undefined) return false;
  return mark.intent === made[address]?.intent || mark.intent === open[address]?.intent;
}
