/** Keeps a store's file locked for writing for so many milliseconds, and then gives it free. */
import { DatabaseSync } from "node:sqlite";

const db = new DatabaseSync(process.argv[2] ?? "");
db.exec("BEGIN IMMEDIATE");
process.stdout.write("locked\n");
setTimeout(() => db.exec("COMMIT"), Number(process.argv[3]));
