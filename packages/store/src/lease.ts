/** What both stores know of leases and of the stack that a write belongs to. */
import { MusterError } from "@muster/model";
import type { Claim, Claiming, Holder, Lease, Writes } from "./contract.ts";

/** A stack's lease as it is kept: the epoch stays when the holder goes, so that the next one's is higher. */
export interface LeaseRecord {
  readonly epoch: number;
  readonly holder: Holder | undefined;
}

/** Where leases are kept. */
export interface LeaseRecords {
  read(stack: string): Promise<LeaseRecord | undefined>;
  /** Sets the holder and the next epoch if the epoch is still `seen` (0: there is no record). Says whether it did. */
  replace(stack: string, seen: number, holder: Holder): Promise<boolean>;
}

/** Takes a lease that is free or whose holder is dead; throws `stack.held` otherwise. */
export async function takeLease(
  records: LeaseRecords,
  stack: string,
  holder: Holder,
  alive: (holder: Holder) => Promise<boolean>,
): Promise<Lease> {
  // Whoever loses the race for a dead holder's lease asks again, about the winner.
  for (;;) {
    const seen = await records.read(stack);
    if (seen?.holder !== undefined && (await alive(seen.holder))) {
      throw new MusterError("stack.held", { stack, holder: holderText(seen.holder) });
    }
    const epoch = seen?.epoch ?? 0;
    if (await records.replace(stack, epoch, holder)) return { stack, epoch: epoch + 1, holder };
  }
}

/** Throws `stack.lost` unless the record still is this lease's. */
export function confirmLease(lease: Lease, record: LeaseRecord | undefined): void {
  if (record?.epoch === lease.epoch && record.holder !== undefined) return;
  const detail = record?.holder === undefined ? "it was given back" : `${holderText(record.holder)} has taken it over`;
  throw new MusterError("stack.lost", { stack: lease.stack, detail });
}

function holderText(holder: Holder): string {
  return `\`muster ${holder.command}\` (process ${holder.pid}, ${holder.socket})`;
}

/** A lease gives the right to its own stack only: anything else in a write is a defect of the caller's. */
export function confirmOwn(lease: Lease, writes: Writes): void {
  const named = [writes.declaration?.stack, ...(writes.claim ?? []).map((claim) => claim.mark.stack)];
  const foreign = named.find((stack) => stack !== undefined && stack !== lease.stack);
  if (foreign === undefined) return;
  throw new MusterError("internal", { detail: `a write under the lease of ${lease.stack} was about ${foreign}` });
}

/** Throws `claim.taken` unless the thing is free, the same owner's, or that of whoever it is taken over from. */
export function confirmClaimable(wanted: Claiming, present: Claim | undefined): void {
  if (present === undefined) return;
  const { stack, owner } = present.mark;
  const mayHave = [wanted.mark, wanted.over];
  if (mayHave.some((each) => each !== undefined && each.stack === stack && each.owner === owner)) return;
  throw new MusterError("claim.taken", { type: wanted.type, id: wanted.id, owner: `${stack}/${owner}` });
}
