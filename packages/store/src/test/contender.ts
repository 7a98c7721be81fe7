/**
 * Is told `PATH STACK`, opens the store and tries to take the lease of the stack, and says what came of it. Ends when
 * nobody talks to it any more.
 */
import { createInterface } from "node:readline";
import { MusterError } from "@muster/model";
import { isAlive, thisProcess } from "../alive.ts";
import { openSqliteStore } from "../sqlite/store.ts";

process.stdout.write("ready\n");
for await (const line of createInterface(process.stdin)) {
  const [path = "", stack = ""] = line.split(" ");
  process.stdout.write(`${await contend(path, stack)}\n`);
}

async function contend(path: string, stack: string): Promise<string> {
  try {
    const store = openSqliteStore(path);
    const { epoch } = await store.acquire(stack, thisProcess("", "serve"), isAlive);
    await store.close();
    return `epoch ${epoch}`;
  } catch (thrown) {
    if (thrown instanceof MusterError) return thrown.code;
    throw thrown;
  }
}
