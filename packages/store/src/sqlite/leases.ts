import type { DatabaseSync } from "node:sqlite";
import type { Holder, Lease } from "../contract.ts";
import type { LeaseRecord } from "../lease.ts";
import { jsonOf, numberOf } from "./rows.ts";

export interface LeaseTable {
  read(stack: string): LeaseRecord | undefined;
  /** Sets the holder and the next epoch if the epoch is still `seen`. Says whether it did. */
  replace(stack: string, seen: number, holder: Holder): boolean;
  release(lease: Lease): void;
}

export function leaseTable(db: DatabaseSync): LeaseTable {
  const read = db.prepare("SELECT epoch, holder FROM leases WHERE stack = ?");
  const replace = db.prepare(`
    INSERT INTO leases (stack, epoch, holder) VALUES (:stack, 1, :holder)
    ON CONFLICT (stack) DO UPDATE SET epoch = epoch + 1, holder = :holder WHERE epoch = :seen`);
  const release = db.prepare("UPDATE leases SET holder = NULL WHERE stack = ? AND epoch = ?");
  return {
    read(stack) {
      const row = read.get(stack);
      return row && { epoch: numberOf(row, "epoch"), holder: jsonOf<Holder>(row, "holder") };
    },
    replace: (stack, seen, holder) => replace.run({ stack, seen, holder: JSON.stringify(holder) }).changes === 1,
    release(lease) {
      release.run(lease.stack, lease.epoch);
    },
  };
}
