/**
 * Whether a guest takes connections. That a forwarded port takes one says nothing: QEMU does that before there is a guest.
 * But QEMU can be asked what became of it inside.
 */
import { connect } from "node:net";
import { durationOf } from "@muster/model";
import type { Sighting } from "@muster/provider-process";
import { portsOf } from "./machine.ts";
import type { VmProperties } from "./properties.ts";
import { withQmp } from "./qemu/qmp.ts";

type Way = ReturnType<typeof portsOf>[number];

const TRY_MS = 1_000;
const REST_MS = 20;

export interface TcpReadiness {
  /** True too where no connection is asked for. Once it is true it stays so. */
  isReady(sighting: Sighting, properties: Partial<VmProperties>): Promise<boolean>;
  /** Forgets all but these. */
  keep(ids: ReadonlyMap<string, unknown>): void;
}

export function tcpReadiness(): TcpReadiness {
  let ready = new Set<string>();
  const tries = new Map<string, Promise<boolean>>();

  async function attempt(id: string, home: string, way: Way, ms: number): Promise<boolean> {
    try {
      const isSo = await takes(home, way, AbortSignal.timeout(ms));
      if (isSo) ready.add(id);
      return isSo;
    } catch {
      // Nobody answers yet.
      return false;
    }
  }

  return {
    async isReady({ id, home }, properties) {
      if (ready.has(id)) return true;
      const wanted = properties.ready;
      if (wanted === undefined || !("tcp" in wanted)) return true;
      const way = portsOf(properties).find(({ guest }) => guest === wanted.tcp.port);
      if (way === undefined) return true;
      const ms = durationOf(wanted.timeout ?? "") ?? TRY_MS;
      const current = tries.get(id) ?? attempt(id, home, way, ms).finally(() => tries.delete(id));
      tries.set(id, current);
      return Promise.race([current, after(TRY_MS)]);
    },
    keep(ids) {
      ready = new Set([...ready].filter((id) => ids.has(id)));
    },
  };
}

function after(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}

/** Opens a connection, and asks QEMU until the guest has taken it. */
async function takes(home: string, { guest, host }: Way, signal: AbortSignal): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port: host, signal });
  try {
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    socket.on("error", () => socket.destroy());
    return await withQmp(
      home,
      async (qmp) => {
        while (!signal.aborted && !socket.destroyed) {
          if (isTaken(await qmp.askAsPerson("info usernet"), guest)) return true;
          await new Promise((resolve) => setTimeout(resolve, REST_MS));
        }
        return false;
      },
      signal,
    );
  } finally {
    socket.destroy();
  }
}

/**
 * Whether some connection to this port of the guest has come about.
 *
 * @param table as QEMU shows its connections to people: state, number, from where, to where
 */
export function isTaken(table: string, guest: number): boolean {
  const rows = table.matchAll(/^\s*TCP\[ESTABLISHED\]\s+\d+\s+\S+\s+\d+\s+\S+\s+(\d+)/gm);
  return Array.from(rows).some(([, port]) => Number(port) === guest);
}
