/** Things that were made twice, by two Musters that do not know of each other: whoever made the younger one takes it away. */
import { musterMarks, type Observed, resourceOwner } from "@muster/model";
import { MUSTER } from "../events.ts";
import { PATIENT } from "../patience.ts";
import type { BoundResource } from "./bound.ts";
import type { Hands } from "./carry-out.ts";
import { without } from "./memory.ts";

/** Takes away those that are this Muster's; the others are left to whoever made them. */
export async function removeSurplus(bound: BoundResource, surplus: readonly Observed[], hands: Hands): Promise<void> {
  if (bound.known !== "tags" || surplus.length === 0) return;
  const { address } = bound.resource;
  const { made, open } = hands.ledger.memory();
  const own = new Set([made[address]?.intent, open[address]?.intent]);
  for (const { id, tags } of surplus) {
    const mark = musterMarks.read(tags);
    if (mark?.owner !== resourceOwner(address) || mark.intent === undefined || !own.has(mark.intent)) continue;
    const message = `${address}: ${id} is destroyed: another Muster had made one before`;
    await hands.ledger.write({
      events: [
        { type: "resource.destroyed", resource: address, actor: MUSTER, cause: "corrective", message, instance: id },
      ],
    });
    await bound.provider.destroy(id, PATIENT);
    await hands.ledger.write({
      remember: (memory) => ({ ...memory, open: without(memory.open, address), made: without(memory.made, address) }),
    });
  }
}
