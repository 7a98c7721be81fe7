/** A daemon as a process, in the room `ARGV[2]`; it says when it is ready. It ends in good order on SIGTERM. */
import { join } from "node:path";
import { MusterError } from "@muster/model";
import { openSqliteStore } from "@muster/store";
import { startDaemon } from "../index.ts";
import { defaultOptions } from "./options.ts";

const [root = "", command = "serve", stacks = "all"] = process.argv.slice(2);
const path = (...parts: string[]) => join(root, ...parts);
const options = defaultOptions(path, openSqliteStore(path("state", "store.sqlite")));
try {
  const daemon = await startDaemon({ ...options, command, stacks: stacks === "all" ? "all" : [stacks] });
  process.once("SIGTERM", () => void daemon.close().then(() => process.exit(0)));
  process.stdout.write("ready\n");
} catch (thrown) {
  if (!(thrown instanceof MusterError)) throw thrown;
  process.stdout.write(`${thrown.code}: ${thrown.message}\n`);
}
