/** Real servers on loopback, closed with all their connections when the test is over. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createNetServer, type ListenOptions, type Server as NetServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** The address at which this listener answers HTTP. */
export async function webServer(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(createServer(answer))}`;
}

/** The port at which this is done with each connection. */
export function rawServer(connected: (socket: Socket) => void): Promise<number> {
  return listening(
    createNetServer((socket) => {
      // Whoever probes hangs up in the middle.
      socket.on("error", () => socket.destroy());
      connected(socket);
    }),
  );
}

/** A port at which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createNetServer();
  const port = await listening(server);
  server.close();
  await once(server, "close");
  return port;
}

/** A socket that was left behind: nobody listens there any more. */
export async function deadSocket(path: string | undefined): Promise<void> {
  const listen = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  await once(spawn(process.execPath, ["-e", listen], { stdio: "ignore" }), "exit");
}

export async function listening(server: Server | NetServer): Promise<number> {
  await listeningAt({ port: 0, host: "127.0.0.1" }, server);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it has no port");
  return address.port;
}

export async function listeningAt(
  place: ListenOptions | string | undefined,
  server: Server | NetServer,
): Promise<void> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(typeof place === "string" ? { path: place } : place);
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
}
