import { setFlagsFromString } from "node:v8";
import type { Daemon, DaemonOptions } from "./options.ts";

/**
 * Starts what keeps stacks and answers on a socket. Throws `stack.held` (one of the stacks it was given is another
 * process's), `daemon.held` (another Muster serves the socket), `daemon.socket-path` or `daemon.unsafe-directory`.
 *
 * What serves is loaded here and not before: a command that only asks must begin in a blink.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  // A daemon is idle nearly always. Room for young objects that grew in a busy moment would stay for ever: 20 MB with
  // 1000 instances, 50 MB with 10,000.
  setFlagsFromString("--semi-space-growth-factor=1");
  const { openDaemon } = await import("./daemon.ts");
  return openDaemon(options);
}
