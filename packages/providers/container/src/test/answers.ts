/** Something on a unix socket that answers as it is told to: for what no real engine does when it is asked to. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ctx, Io } from "@muster/plugin";
import { onTestFinished } from "vitest";

export const io: Io = { now: () => Date.now(), randomBytes: (count) => randomBytes(count) };
export const ctx: Ctx = { signal: new AbortController().signal };

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface Answering {
  readonly socket: string;
  /** What was asked, without the version: `GET /containers/json`. */
  readonly asked: string[];
}

/** @param answers by `METHOD /path` without version and query; what is not there is answered with 404 */
export async function answering(answers: Readonly<Record<string, Answer>>, version = "1.41"): Promise<Answering> {
  const socket = join(freshFolder(), "engine.sock");
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/^\/v[\d.]+/, "").replace(/\?.*/, "");
    if (path === "/_ping") {
      response.setHeader("api-version", version).end("OK");
      return;
    }
    const what = `${request.method} ${path}`;
    asked.push(what);
    const answer = answers[what] ?? json({ message: "page not found" }, 404);
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { socket, asked };
}

export function json(body: unknown, status = 200): Answer {
  return (response) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "muster-container-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
