/** A socket that this daemon answers at, and answers at again when somebody has taken it away. */
import { statSync } from "node:fs";
import { messageOf } from "@muster/model";
import { clearSocketPath } from "@muster/plugin";
import type { Clock } from "@muster/runtime";

/** What listens at a path. */
export interface Listener {
  /** Takes no more calls; those that have begun go on. */
  retire(): void;
  /** Ends those that have begun, too, after a grace. */
  close(): Promise<void>;
}

export interface KeptSocket {
  close(): Promise<void>;
}

export interface SocketDeps {
  readonly path: string;
  readonly clock: Clock;
  listen(): Promise<Listener>;
  /** It cannot be listened at again. Said once, and tried again all the same. */
  onTrouble(message: string): void;
}

/** So often the path is compared with what was bound there, in milliseconds. */
const COMPARE_MS = 1_000;

/**
 * Listens at a path. Whoever clears a runtime directory takes the socket away and leaves a daemon that nobody reaches: so
 * the path is looked at every second, and listened at anew. What begun calls still use is closed with the rest.
 */
export async function keepSocket({ path, clock, listen, onTrouble }: SocketDeps): Promise<KeptSocket> {
  const listeners = [await listen()];
  let bound = identityOf(path);
  let trouble = "";
  let under: Promise<void> = Promise.resolve();
  let closed = false;
  let cancel = clock.after(COMPARE_MS, look);

  function look(): void {
    under = mend().then(() => {
      if (!closed) cancel = clock.after(COMPARE_MS, look);
    });
  }

  async function mend(): Promise<void> {
    try {
      if (identityOf(path) === bound) return;
      await clearSocketPath(path);
      // Before the new one is there: to close a socket takes away whatever lies at its path.
      listeners.at(-1)?.retire();
      listeners.push(await listen());
      bound = identityOf(path);
      trouble = "";
    } catch (thrown) {
      const message = `nobody reaches this Muster at ${path}: ${messageOf(thrown)}`;
      if (message !== trouble) onTrouble(message);
      trouble = message;
    }
  }

  return {
    async close() {
      closed = true;
      cancel();
      await under;
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

function identityOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.dev}:${stats.ino}`;
}
