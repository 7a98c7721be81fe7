/** Opens a store, takes a lease and writes; says what came of it. */
import { MusterError } from "@muster/model";
import { isAlive, thisProcess } from "../alive.ts";
import { openSqliteStore } from "../sqlite/store.ts";

process.stdout.write(`${await openAndWrite(process.argv[2] ?? "")}\n`);

async function openAndWrite(path: string): Promise<string> {
  try {
    const store = openSqliteStore(path);
    const lease = await store.acquire("shop", thisProcess("", "serve"), isAlive);
    await store.write(lease, { memory: { web: 1 } }, 0);
    await store.close();
    return "written";
  } catch (thrown) {
    if (thrown instanceof MusterError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
}
