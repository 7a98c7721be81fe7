import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GuestReady } from "@muster/checks/probes";
import type { Sighting } from "@muster/provider-process";
import { expect, it, onTestFinished } from "vitest";
import { type Readiness, readiness } from "./ready.ts";

const GUEST = 80;

it("tells when a guest has become ready, without being asked again", async () => {
  const port = await freePort();
  const { ready, sighting, woken } = room();
  const properties = asked(port, { http: { port: GUEST } });
  expect(await ready.isReady(sighting, properties)).toBe(false);
  expect(ready.expects(sighting.id)).toBe(true);
  await answering((_, response) => response.end(), port);
  await woken;
  expect(await ready.isReady(sighting, properties)).toBe(true);
  expect(ready.expects(sighting.id)).toBe(false);
});

it("gives up a connection on which nobody answers, as QEMU takes them before there is a guest, and asks on another", async () => {
  const taken: Socket[] = [];
  const server = createTcpServer((socket) => {
    taken.push(socket);
    socket.on("error", () => undefined);
    if (taken.length > 2) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  const { ready, sighting, woken } = room();
  await ready.isReady(sighting, asked(await portOf(server), { http: { port: GUEST } }));
  await woken;
  expect(taken.length).toBeGreaterThan(2);
});

it("gives each try more time, so that a guest that is slow to answer is heard too", async () => {
  let asks = 0;
  const slow: RequestListener = (_, response) => {
    asks++;
    setTimeout(() => response.end(), 100);
  };
  const { ready, sighting, woken } = room();
  await ready.isReady(sighting, asked(await answering(slow), { http: { port: GUEST } }));
  await woken;
  expect(asks).toBeGreaterThan(1);
});

it("waits for the status that is declared, at the path that is declared", async () => {
  const paths: (string | undefined)[] = [];
  const warmingUp: RequestListener = ({ url }, response) => {
    paths.push(url);
    response.writeHead(paths.length > 3 ? 204 : 200).end();
  };
  const { ready, sighting, woken } = room();
  const http = { port: GUEST, path: "/warm", status: 204 };
  await ready.isReady(sighting, asked(await answering(warmingUp), { http }));
  await woken;
  expect(paths.length).toBeGreaterThan(3);
  expect([...new Set(paths)]).toEqual(["/warm"]);
});

it("waits for the answer whose body is right, and asks with the method and the headers that are declared", async () => {
  const heard: string[] = [];
  const warmingUp: RequestListener = ({ method, headers }, response) => {
    heard.push(`${method} ${headers["x-from"]}`);
    response.end(heard.length > 2 ? "it is warm" : "it is cold");
  };
  const { ready, sighting, woken } = room();
  const http = { port: GUEST, method: "POST", headers: { "X-From": "muster" }, body: { contains: "warm" } } as const;
  await ready.isReady(sighting, asked(await answering(warmingUp), { http }));
  await woken;
  expect(heard.length).toBeGreaterThan(2);
  expect([...new Set(heard)]).toEqual(["POST muster"]);
});

it("does not ask again what the Muster before has heard", async () => {
  const port = await answering((_, response) => response.end());
  const before = room();
  const properties = asked(port, { http: { port: GUEST } });
  await before.ready.isReady(before.sighting, properties);
  await before.woken;
  const after = readiness(
    () => true,
    () => undefined,
  );
  expect(await after.isReady(before.sighting, asked(await freePort(), { http: { port: GUEST } }))).toBe(true);
});

it("waits for the answer where nobody watches", async () => {
  const port = await answering((_, response) => response.end());
  const { sighting } = room();
  const ready = readiness(
    () => false,
    () => undefined,
  );
  expect(await ready.isReady(sighting, asked(port, { http: { port: GUEST } }))).toBe(true);
});

it("asks nobody any more who does not live", async () => {
  const { ready, sighting } = room();
  await ready.isReady(sighting, asked(await freePort(), { http: { port: GUEST } }));
  ready.keep(new Map([[sighting.id, { ...sighting, life: { kind: "lost" } }]]));
  expect(ready.expects(sighting.id)).toBe(false);
});

it("takes one as ready of whom nothing is asked, or nothing but what its console says", async () => {
  const { ready, sighting } = room();
  expect(await ready.isReady(sighting, {})).toBe(true);
  expect(await ready.isReady(sighting, { ready: { console: "up" } })).toBe(true);
});

/** A machine that lives, in a directory of its own, and who watches it. */
function room(): { ready: Readiness; sighting: Sighting; woken: Promise<void> } {
  const home = mkdtempSync(join(tmpdir(), "muster-ready-"));
  const { promise: woken, resolve } = Promise.withResolvers<void>();
  const ready = readiness(() => true, resolve);
  onTestFinished(() => {
    ready.close();
    rmSync(home, { recursive: true, force: true });
  });
  const id = "v-000000000001";
  const family = { id, mark: undefined, leader: undefined, members: [] };
  const life = { kind: "lives", family } as const;
  const sighting = {
    id,
    home,
    life,
    living: [],
    tags: {},
    properties: {},
    thing: undefined,
    since: 0,
    blemish: undefined,
  };
  return { ready, sighting, woken };
}

function asked(host: number, ready: GuestReady) {
  return { ports: [{ guest: GUEST, host }], ready };
}

async function answering(listener: RequestListener, port = 0): Promise<number> {
  const server = createServer(listener);
  onTestFinished(() => server.closeAllConnections());
  return portOf(server, port);
}

async function portOf(server: Server, port = 0): Promise<number> {
  server.listen(port, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a server has a port");
  return address.port;
}

/** One on which nobody listens now. */
async function freePort(): Promise<number> {
  const server = createTcpServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === "string") throw new Error("a server has a port");
  return address.port;
}
