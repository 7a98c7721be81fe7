import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { listeningPorts, portsIn } from "./listening.ts";

it("reads who listens from the system's own table, and leaves out connections", () => {
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt",
    "   0: 0100007F:4E20 00000000:0000 0A 00000000:00000000 00:00000000 00000000",
    "   1: 0100007F:4E21 0100007F:C001 01 00000000:00000000 00:00000000 00000000",
    "   2: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000",
    "",
  ].join("\n");
  expect(portsIn(table)).toEqual([20_000, 8_080]);
});

it("sees a server that listens here", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on a port");
  expect(listeningPorts().has(address.port)).toBe(true);
});

it("sees one that listens by IPv6, among connections by IPv4", async () => {
  const server = createServer((socket) => socket.on("error", () => undefined));
  onTestFinished(() => void server.close());
  const port = await new Promise<number | undefined>((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(0, "::1", () => {
      const address = server.address();
      resolve(address === null || typeof address === "string" ? undefined : address.port);
    });
  });
  // A machine without IPv6 has nobody to be seen.
  if (port === undefined) return;
  expect(listeningPorts().has(port)).toBe(true);
});

it("sees none of the ports that connections have", async () => {
  const server = createServer((socket) => socket.resume());
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on a port");
  const sockets = Array.from({ length: 20 }, () => connect(address.port, "127.0.0.1"));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  const listening = listeningPorts();
  expect(listening.has(address.port)).toBe(true);
  expect(sockets.filter(({ localPort }) => localPort === undefined || listening.has(localPort))).toEqual([]);
});
