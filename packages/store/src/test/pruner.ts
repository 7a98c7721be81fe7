/** Drops what is older than a time of a stack's history, and says when it has. */
import { setTimeout as pause } from "node:timers/promises";
import { pruneChain } from "../prune.ts";
import { openSqliteStore } from "../sqlite/store.ts";

const store = openSqliteStore(process.argv[2] ?? "");
const before = Number(process.argv[3]);
const { dropped } = await pruneChain(store, "shop", { before, actor: "user:ann", now: () => before, pause });
await store.close();
process.stdout.write(`dropped ${dropped}\n`);
