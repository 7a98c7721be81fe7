import type { DatabaseSync } from "node:sqlite";
import type { Store } from "../contract.ts";
import { withDropped } from "../groups.ts";
import { confirmLease, confirmOwn, takeLease } from "../lease.ts";
import { checkpointTable } from "./checkpoints.ts";
import { storeError } from "./failures.ts";
import { journalTable } from "./journal.ts";
import { leaseTable } from "./leases.ts";
import { confirmPlace, openDatabase } from "./open.ts";
import { recordTables } from "./records.ts";
import { reportTable } from "./reports.ts";

/**
 * The store in one SQLite file, which several processes may have open. The file and its directory are made, closed to
 * other users, when they are missing. What a write has acknowledged is on the disk.
 *
 * Throws, here and from every method: `store.not-a-store`, `store.version` (written by a newer Muster), `store.in-use`
 * (of an older Muster, which still runs), `store.full`, `store.damaged`, `store.failed` (not readable, not writable, locked
 * for more than 5 s, moved or deleted since it was opened).
 */
export function openSqliteStore(path: string): Store {
  const { db, confirm, leases, records, journal, checkpoints, reports } = reported(path, () => {
    const db = openDatabase(path);
    const confirm = confirmPlace(path);
    const journal = journalTable(db);
    const checkpoints = checkpointTable(db);
    const reports = reportTable(db);
    return { db, confirm, leases: leaseTable(db), records: recordTables(db), journal, checkpoints, reports };
  });
  // A promise's body: whatever it throws rejects, in the words of the error table.
  const run = async <T>(work: () => T): Promise<T> => reported(path, work);
  const inPlace = <T>(work: () => T): Promise<T> =>
    run(() => {
      confirm();
      return work();
    });

  return {
    acquire: (stack, holder, alive) =>
      takeLease(
        {
          read: (name) => inPlace(() => leases.read(name)),
          replace: (name, seen, next) => inPlace(() => leases.replace(name, seen, next)),
        },
        stack,
        holder,
        alive,
      ),
    release: (lease) => inPlace(() => leases.release(lease)),
    lease: (stack) =>
      inPlace(() => {
        const record = leases.read(stack);
        return record?.holder && { stack, epoch: record.epoch, holder: record.holder };
      }),
    write: (lease, writes, now) =>
      inPlace(() => {
        confirmOwn(lease, writes);
        return inTransaction(db, () => {
          confirmLease(lease, leases.read(lease.stack));
          records.write(lease.stack, writes);
          return journal.append(lease.stack, writes.events ?? [], now);
        });
      }),
    declarations: () => inPlace(records.declarations),
    declaration: (stack) => inPlace(() => records.declaration(stack)),
    memory: (stack, group) => inPlace(() => records.memory(stack, group)),
    memories: (stack, beginning) => inPlace(() => records.memories(stack, beginning)),
    claims: (stack, owner) => inPlace(() => records.claims(stack, owner)),
    claimed: (type, scope, id) => inPlace(() => records.claimed(type, scope, id)),
    events: (query) => inPlace(() => journal.events(query)),
    stacks: () => inPlace(journal.stacks),
    groups: () => inPlace(() => withDropped(journal.groups(), checkpoints.all())),
    links: (stack, after, limit) =>
      inPlace(() => journal.links(stack, after, checkpoints.dropped(stack), Math.max(0, limit))),
    checkpoint: (stack) => inPlace(() => checkpoints.read(stack)),
    prune: ({ checkpoint, seen, event }, now) =>
      inPlace(() =>
        inTransaction(db, () => {
          const { stack } = checkpoint;
          if (checkpoints.dropped(stack) !== seen) return undefined;
          const [written] = journal.append(stack, [event], now);
          checkpoints.put(checkpoint);
          return written;
        }),
      ),
    sweep: (stack, most) => inPlace(() => inTransaction(db, () => checkpoints.sweep(stack, Math.max(0, most)))),
    keepReport: (report) => inPlace(() => inTransaction(db, () => reports.keep(report))),
    reports: (query) => inPlace(() => reports.lines(query)),
    lastReport: (subject) => inPlace(() => reports.last(subject)),
    close: () =>
      run(() => {
        if (db.isOpen) db.close();
      }),
  };
}

function reported<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw storeError(path, thrown);
  }
}

/** IMMEDIATE: whoever reads the lease and then writes must be the only one between the two. */
function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (thrown) {
    // After some failures (a full disk) SQLite has rolled back by itself.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw thrown;
  }
}
