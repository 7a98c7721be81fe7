/** A server that answers as it is told to: for what the simulator of the API does not do. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Io } from "@muster/plugin";
import { onTestFinished } from "vitest";
import type { Waits } from "../waits.ts";

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface Answering {
  readonly url: string;
  /** What was asked, in order: `GET /v2/droplets?page=1`, and what was sent with it. */
  readonly asked: { readonly line: string; readonly body: string }[];
}

/** @param answers one after another; the last one is given for ever */
export async function answering(...answers: readonly [Answer, ...Answer[]]): Promise<Answering> {
  const left = [...answers];
  const asked: { line: string; body: string }[] = [];
  const server = createServer(async (request, response) => {
    asked.push({ line: `${request.method} ${request.url}`, body: await text(request) });
    const answer = left.length > 1 ? left.shift() : left[0];
    answer?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${portOf(server.address())}`, asked };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === "string") throw new Error("it listens on no port");
  return address.port;
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

export function page(status = 200): Answer {
  return (response) => response.writeHead(status, { "content-type": "text/html" }).end("<html>Hello</html>");
}

/** Takes what was sent, and breaks the connection off. */
export const breakOff: Answer = (_, { socket }) => socket.destroy();

export interface Time {
  readonly io: Io;
  readonly waits: Waits;
  /** How long was waited, each time, in milliseconds. */
  readonly waited: number[];
}

/** A time in which waiting takes none. */
export function logicalTime(start = Date.UTC(2026, 0, 1)): Time {
  let now = start;
  const waited: number[] = [];
  return {
    io: { now: () => now, randomBytes: (count) => new Uint8Array(count) },
    waits: {
      async rest(ms, signal) {
        signal.throwIfAborted();
        now += ms;
        waited.push(ms);
      },
      limit: () => new AbortController().signal,
    },
    waited,
  };
}

export const signal = new AbortController().signal;
