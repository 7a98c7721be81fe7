/** Makes a process as a Muster of its own would, says its id, and waits to be killed. */
import { randomBytes } from "node:crypto";
import { processType } from "../index.ts";

const [dir = "", script = ""] = process.argv.slice(2);
const io = { now: Date.now, randomBytes: (count: number) => randomBytes(count) };
const provider = await processType.open({ dir }, io);
const want = { command: "/bin/sh", args: ["-c", script] };
const { id } = await provider.create(want, { made: "elsewhere" }, { signal: new AbortController().signal });
process.stdout.write(`${id}\n`);
setInterval(() => undefined, 1000);
