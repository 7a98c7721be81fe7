/** QEMU is told things in JSON, line by line, over a socket in the machine's directory. */
import type { Socket } from "node:net";
import { isObject, type Json, type JsonObject, messageOf, systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { QMP_SOCKET } from "./files.ts";
import { connectedTo } from "./sockets.ts";

export interface Qmp {
  /** What it answers. Throws `invalid` where QEMU refuses. */
  ask(command: string, words?: JsonObject): Promise<Json>;
  /** What its monitor for people answers, as text. */
  askAsPerson(line: string): Promise<string>;
}

/** So long an answer is waited for, in milliseconds: one that hangs must not hold up whoever asks. */
const PATIENCE_MS = 10_000;
const REST_MS = 10;
/** An answer is no archive. In characters. */
const LONGEST_LINE = 4 * 1024 * 1024;

/**
 * Talks with the machine in this directory, and lets go of it whatever happens. One at a time is heard: who comes second waits.
 *
 * @throws ProviderError `unavailable` where nobody answers, also in the middle
 */
export async function withQmp<T>(home: string, talk: (qmp: Qmp) => Promise<T>, signal: AbortSignal): Promise<T> {
  const socket = await connected(home, signal);
  try {
    const conversation = conversationOver(socket, signal);
    await conversation.greeting;
    await conversation.qmp.ask("qmp_capabilities");
    return await talk(conversation.qmp);
  } finally {
    socket.destroy();
  }
}

/** QEMU lets only one wait while it hears another: who comes third is sent away, and comes again. */
async function connected(home: string, signal: AbortSignal): Promise<Socket> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await connectedTo(home, QMP_SOCKET, signal);
    } catch (thrown) {
      if (systemCodeOf(thrown) !== "EAGAIN" || performance.now() > deadline) throw unavailable(messageOf(thrown));
    }
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
}

function unavailable(detail: string): ProviderError {
  return new ProviderError("unavailable", `the hypervisor does not answer: ${detail}`);
}

interface Waiting {
  resolve(answer: Json): void;
  reject(thrown: ProviderError): void;
}

function conversationOver(socket: Socket, signal: AbortSignal) {
  const waiting = new Map<number, Waiting>();
  const { promise: greeting, resolve: greeted, reject: notGreeted } = Promise.withResolvers<void>();
  let asked = 0;
  let begun = "";
  let over: ProviderError | undefined;

  function fail(detail: string): void {
    const failure = unavailable(detail);
    over ??= failure;
    notGreeted(failure);
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
    socket.destroy();
  }

  function hear(line: string): void {
    const said = parsed(line);
    if (said === undefined || !isObject(said)) fail("what it says is no QMP");
    else if (said["QMP"] !== undefined) greeted();
    else if (typeof said["id"] === "number") answered(said["id"], said);
  }

  function answered(id: number, said: JsonObject): void {
    const waits = waiting.get(id);
    waiting.delete(id);
    const { error } = said;
    if (error === undefined) {
      waits?.resolve(said["return"] ?? null);
      return;
    }
    const detail = isObject(error) && typeof error["desc"] === "string" ? error["desc"] : "it does not say why";
    waits?.reject(new ProviderError("invalid", `the hypervisor refuses: ${detail}`));
  }

  const late = setTimeout(() => fail(`nothing within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const lines = (begun + text).split("\n");
    begun = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") hear(line);
    if (begun.length > LONGEST_LINE) fail("its line has no end");
  });
  socket.on("error", (thrown) => fail(messageOf(thrown)));
  socket.on("close", () => {
    clearTimeout(late);
    fail("it has hung up");
  });
  const abort = () => fail("nobody waits any more");
  signal.addEventListener("abort", abort, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", abort));
  // Whoever is not greeted hears it where the answer is awaited.
  greeting.catch(() => undefined);

  const qmp: Qmp = {
    ask(execute, words) {
      // Nobody would answer any more.
      if (over !== undefined) return Promise.reject(over);
      const id = ++asked;
      late.refresh();
      const answer = new Promise<Json>((resolve, reject) => waiting.set(id, { resolve, reject }));
      socket.write(`${JSON.stringify({ execute, id, ...(words === undefined ? {} : { arguments: words }) })}\n`);
      return answer;
    },
    async askAsPerson(line) {
      const answer = await qmp.ask("human-monitor-command", { "command-line": line });
      return typeof answer === "string" ? answer : "";
    },
  };
  return { greeting, qmp };
}

function parsed(line: string): Json | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
