import { accessSync, closeSync, constants, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MusterError, systemCodeOf } from "@muster/model";
import { makeDirectories } from "./directory.ts";
import { isBusy } from "./failures.ts";
import { migrate } from "./migrate.ts";
import { numberOf } from "./rows.ts";
import { APPLICATION_ID, FORMAT, SCHEMA } from "./schema.ts";

/** How long a process waits for another one's write to end: writes take milliseconds. */
const WAIT_MS = 5000;
const WAIT_STEP_MS = 10;

/** Pages (of 4 KiB) in the write-ahead log before they are carried into the file: about 20 writes of 1000 events. */
const CHECKPOINT_PAGES = 4000;
const LOG_BYTES = CHECKPOINT_PAGES * 4096;

/** Opens the database of a store; makes it, closed to other users, when there is none. Throws what SQLite throws. */
export function openDatabase(path: string): DatabaseSync {
  makeFile(path);
  refuseOther(path);
  // SQLite would open what it cannot write for reading only, and fail at the first write.
  accessSync(path, constants.R_OK | constants.W_OK);
  accessSync(dirname(path), constants.W_OK);

  const db = new DatabaseSync(path, { timeout: WAIT_MS });
  try {
    const format = formatOf(db, path);
    if (format === 0) makeStore(db, path);
    else if (format < FORMAT) migrate(db, path);
    // FULL: what was acknowledged survives a loss of power too.
    db.exec(`
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA journal_size_limit = ${LOG_BYTES};
    `);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/**
 * A question that throws `store.failed` when the file of a store is not at its path any more. What is written to a file
 * that was moved or deleted is acknowledged by SQLite, and found by nobody.
 */
export function confirmPlace(path: string): () => void {
  const opened = statSync(path);
  return () => {
    const now = statSync(path, { throwIfNoEntry: false });
    if (now?.ino === opened.ino && now.dev === opened.dev) return;
    const detail = now === undefined ? "it is not there any more" : "another file was put in its place";
    throw new MusterError("store.failed", { path, detail });
  };
}

/**
 * SQLite gives its other files the mode of this one. A file that is there already is not opened here: closing it again
 * would take away the locks of another store that this process may have open on it.
 */
function makeFile(path: string): void {
  makeDirectories(dirname(path));
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "EEXIST") throw thrown;
  }
}

/** The least a database can have. What is shorter SQLite takes for a new one, and would write over it. */
const LEAST_BYTES = 512;

function refuseOther(path: string): void {
  const file = statSync(path);
  if (!file.isFile()) throw new MusterError("store.not-a-store", { path, detail: "it is not a file" });
  if (file.size > 0 && file.size < LEAST_BYTES) {
    throw new MusterError("store.not-a-store", { path, detail: "it is too short for a database" });
  }
}

/** 0: nothing was ever written there. Throws when it holds something that this Muster cannot use. */
function formatOf(db: DatabaseSync, path: string): number {
  // One statement, and so one moment: another process may be making the store just now.
  const row = db
    .prepare(
      `SELECT user_version AS format, application_id AS application, (SELECT count(*) FROM sqlite_schema) AS objects
       FROM pragma_user_version, pragma_application_id`,
    )
    .get();
  const format = numberOf(row, "format");
  const application = numberOf(row, "application");
  if (application === 0 && format === 0 && numberOf(row, "objects") === 0) return 0;
  if (application !== APPLICATION_ID) {
    throw new MusterError("store.not-a-store", { path, detail: "it is a database of another program" });
  }
  if (format === 0) throw new MusterError("store.not-a-store", { path, detail: "it does not say its format" });
  if (format > FORMAT) throw new MusterError("store.version", { path, found: format, known: FORMAT });
  return format;
}

function makeStore(db: DatabaseSync, path: string): void {
  enterWriteAheadLog(db);
  db.exec("BEGIN IMMEDIATE");
  if (formatOf(db, path) === 0) db.exec(SCHEMA);
  db.exec("COMMIT");
}

/** When several processes change the mode at once, SQLite turns some away without the wait it was told. */
function enterWriteAheadLog(db: DatabaseSync): void {
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; ; waited += WAIT_STEP_MS) {
    try {
      db.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (thrown) {
      if (!isBusy(thrown) || waited >= WAIT_MS) throw thrown;
      Atomics.wait(asleep, 0, 0, WAIT_STEP_MS);
    }
  }
}
