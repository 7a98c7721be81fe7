/**
 * Whether a guest takes connections. That a forwarded port takes one says nothing: QEMU does that before there is a guest.
 * But QEMU can be asked what became of it inside.
 */
import { connect } from "node:net";
import type { portsOf } from "./properties.ts";
import { withQmp } from "./qemu/qmp.ts";

type Way = ReturnType<typeof portsOf>[number];

const REST_MS = 20;

/** Opens a connection, and asks QEMU until the guest has taken it. Rejects where nobody answers. */
export async function takes(home: string, { guest, host }: Way, signal: AbortSignal): Promise<boolean> {
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
