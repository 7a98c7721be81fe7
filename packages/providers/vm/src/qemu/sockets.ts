/** Sockets in a directory whose own name may be long: the way to a socket may have few characters only. */
import { closeSync, openSync } from "node:fs";
import { connect, type Server, type Socket } from "node:net";

/** Throws what the system says where nobody listens there. */
export async function connectedTo(directory: string, name: string, signal: AbortSignal): Promise<Socket> {
  return withOpen(directory, (way) => {
    const socket = connect({ path: `${way}/${name}`, signal });
    return new Promise((resolve, reject) => {
      socket.once("connect", () => resolve(socket)).once("error", reject);
    });
  });
}

export async function listenAt(server: Server, directory: string, name: string): Promise<void> {
  await withOpen(
    directory,
    (way) =>
      new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(`${way}/${name}`, resolve);
      }),
  );
}

async function withOpen<T>(directory: string, use: (way: string) => Promise<T>): Promise<T> {
  const number = openSync(directory, "r");
  try {
    return await use(`/proc/self/fd/${number}`);
  } finally {
    closeSync(number);
  }
}
