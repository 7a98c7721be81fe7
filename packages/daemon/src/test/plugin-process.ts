/**
 * A plugin as a process: serves a type at a socket, out of a directory. Its creates can be made to take long.
 * Arguments: socket, directory, name of the type, milliseconds that a create takes.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { servePlugin } from "@muster/plugin";
import { folder, folderType } from "./folder-type.ts";

const [socket = "", dir = "", name = "", createMs = "0"] = process.argv.slice(2);
const io = { now: Date.now, randomBytes };
const provider = folder(dir, io);
const served = await servePlugin({
  socket,
  name,
  version: "1.0.0",
  types: [
    {
      type: folderType(name),
      provider: {
        ...provider,
        async create(want, tags, ctx) {
          await sleep(Number(createMs));
          return provider.create(want, tags, ctx);
        },
      },
    },
  ],
  flavors: [],
  io,
});
process.once("SIGTERM", () => void served.close().then(() => process.exit(0)));
process.stdout.write("ready\n");
