/** A Muster in this process: the daemon with its store and with what is built in. */
import { checksAsker, type Daemon, type DaemonOptions, startDaemon } from "@muster/daemon";
import { listeningPorts } from "@muster/plugin";
import { type GivenSettings, type HostPorts, hostPorts as portsHere, systemClock } from "@muster/runtime";
import { openSqliteStore, storePath } from "@muster/store";
import { builtinsOf } from "../builtins.ts";
import type { Cli } from "../cli.ts";
import { pluginDirectory } from "../places.ts";
import { pooledRandomBytes } from "../random-bytes.ts";
import { VERSION } from "../version.ts";

type Told = Pick<
  DaemonOptions,
  "command" | "stacks" | "socket" | "groupSocket" | "onEvent" | "onStatus" | "onResources" | "onNotice"
> & {
  /** Where members are given ports from; missing: where all of this process are. */
  readonly hostPorts?: HostPorts;
};

/** The machine's own clock and chance. */
export const OUTSIDE: DaemonOptions["outside"] = {
  io: { now: Date.now, randomBytes: pooledRandomBytes() },
  clock: systemClock,
  hostPorts: portsHere(listeningPorts),
  env: process.env,
  askChecks: checksAsker(process.env),
};

export interface Host {
  readonly daemon: Daemon;
  /** Ends what is in flight; what was made stays. */
  close(): Promise<void>;
}

/** Throws `stack.held`, `daemon.held`, `daemon.socket-path`, `daemon.unsafe-directory` and what the store throws. */
export async function openHost(
  cli: Cli,
  settings: GivenSettings,
  { hostPorts = OUTSIDE.hostPorts, ...told }: Told,
): Promise<Host> {
  const store = openSqliteStore(storePath(cli.env));
  try {
    const daemon = await startDaemon({
      ...told,
      version: VERSION,
      store,
      builtins: builtinsOf(cli.env),
      settings,
      pluginDirectory: pluginDirectory(cli.env),
      outside: { ...OUTSIDE, hostPorts },
    });
    return {
      daemon,
      async close() {
        await daemon.close();
        await store.close();
      },
    };
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}
