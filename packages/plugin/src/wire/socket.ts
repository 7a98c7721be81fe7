import { lstat, rm } from "node:fs/promises";
import { connect } from "node:net";
import { dirname } from "node:path";
import { MusterError, messageOf, systemCodeOf } from "@muster/model";
import { makePrivateDirectory } from "./directory.ts";

/** A unix socket's path has room for so many bytes: 108 in Linux's sockaddr_un, less the closing zero. */
const MAX_PATH = 107;
/** A socket that has not even accepted by then belongs to somebody who is busy, not to nobody. Milliseconds. */
const PROBE = 1_000;

/** Throws `daemon.socket-path` when the system cannot address it. */
export function checkSocketPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length > MAX_PATH) throw new MusterError("daemon.socket-path", { path, length, limit: MAX_PATH });
}

/**
 * Makes way for a socket: its directory is there, ours and closed to others, and nothing lies at the path. A stale socket
 * is taken away. Throws `plugin.socket-taken` when somebody answers at it.
 */
export async function clearSocketPath(path: string): Promise<void> {
  checkSocketPath(path);
  makePrivateDirectory(dirname(path));
  const there = await lstat(path).catch(unlessMissing);
  if (there === undefined) return;
  if (!there.isSocket()) throw new MusterError("plugin.not-a-socket", { socket: path });
  if (await answers(path)) throw new MusterError("plugin.socket-taken", { socket: path });
  await rm(path, { force: true });
}

/** True when somebody accepts connections at the socket. */
function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.setTimeout(PROBE, () => resolve(true));
  socket.once("connect", () => resolve(true));
  socket.once("error", (error) => resolve(!isNobody(error)));
  return promise.finally(() => socket.destroy());
}

function isNobody(error: Error): boolean {
  const code = systemCodeOf(error);
  return code === "ECONNREFUSED" || code === "ENOENT";
}

function unlessMissing(thrown: unknown): undefined {
  if (systemCodeOf(thrown) === "ENOENT") return undefined;
  throw thrown instanceof Error ? thrown : new Error(messageOf(thrown));
}
