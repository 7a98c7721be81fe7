/** A socket in the workshop of a machine, into which its QEMU speaks. */
import { lchownSync, rmSync, statSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { WORKSHOP, WORKSHOP_WITHIN } from "../qemu/files.ts";
import { listenAt } from "../qemu/sockets.ts";

export interface Door {
  /** What QEMU is told. */
  readonly address: string;
  /** Who has come in. */
  readonly visitor: Promise<Socket>;
}

/** Opens a door for one visitor, and closes it whatever happens. */
export async function withDoor<T>(home: string, name: string, use: (door: Door) => Promise<T>): Promise<T> {
  const workshop = `${home}/${WORKSHOP}`;
  const path = `${workshop}/${name}`;
  const { promise: visitor, resolve } = Promise.withResolvers<Socket>();
  const server = createServer({ pauseOnConnect: true }, resolve);
  try {
    rmSync(path, { force: true });
    await listenAt(server, workshop, name);
    // QEMU may run as somebody else, and to come in one must be allowed to write there.
    const { uid, gid } = statSync(workshop);
    // Whoever that is may have put something else there meanwhile.
    lchownSync(path, uid, gid);
    return await use({ address: `unix:${WORKSHOP_WITHIN}/${name}`, visitor });
  } finally {
    server.close();
    rmSync(path, { force: true });
  }
}
