/** Talking to a Muster that may be killed at any moment: what is not answered whole was not answered. */
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { PATHS } from "@muster/daemon";
import type { JournalEntry } from "@muster/store";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const DEADLINE_MS = 30_000;

/** Undefined when no answer came within half a minute, or not all of it. */
export async function ask(socket: string, path: string, body?: object): Promise<Answer | undefined> {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const method = body === undefined ? "GET" : "POST";
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const call = request({ socketPath: socket, path, method, headers, signal, agent: false });
  try {
    const response = await begun(call, body === undefined ? undefined : JSON.stringify(body));
    let text = "";
    for await (const part of response.setEncoding("utf8")) text += part;
    return response.complete ? { status: response.statusCode ?? 0, body: JSON.parse(text) } : undefined;
  } catch {
    return undefined;
  }
}

/** Hears of every event after a place, until Muster is gone. Resolves when everything it said was heard. */
export async function follow(socket: string, after: number, hear: (entry: JournalEntry) => void): Promise<void> {
  const call = request({ socketPath: socket, path: `${PATHS.events}?follow=1&after=${after}`, agent: false });
  try {
    let rest = "";
    for await (const part of (await begun(call)).setEncoding("utf8")) {
      const lines = `${rest}${part}`.split("\n");
      // Half a line is nothing that was said.
      rest = lines.pop() ?? "";
      for (const line of lines) hear(JSON.parse(line));
    }
  } catch {
    // It was killed: nothing more comes.
  }
}

function begun(call: ClientRequest, text?: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  call.once("response", resolve);
  call.on("error", reject);
  call.end(text);
  return promise;
}
