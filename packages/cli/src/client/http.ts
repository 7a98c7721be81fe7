/**
 * HTTP on a unix socket, as much of it as asking takes. node:http can do all of this, and to load and start it costs more
 * than the rest of a command together. Asked in HTTP/1.0, a server answers on a connection of its own, sends the body as
 * it is, and closes when it is through: then there is little left to do.
 */
import { connect, type NetConnectOpts, type Socket } from "node:net";
import { messageOf, systemCodeOf } from "@muster/model";

export interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** JSON. */
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Nobody listens there; who did went away; none came before the deadline; or it cannot be understood. */
export type NoAnswerKind = "nobody" | "gone" | "late" | "odd";

/** Why there is no answer that can be used. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  readonly kind: NoAnswerKind;

  constructor(kind: NoAnswerKind, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.kind = kind;
  }
}

/** More characters than this nobody answers: they are enough for 100,000 groups. */
const MOST = 256 * 1024 * 1024;

/** Throws `NoAnswer`, also when there is none before the deadline (milliseconds). */
export async function call(target: NetConnectOpts, asked: Call, deadline: number): Promise<Answer> {
  const late = AbortSignal.timeout(deadline);
  let text = "";
  try {
    for await (const part of send(target, asked, late)) {
      text += part;
      if (text.length > MOST) throw new NoAnswer("odd", `it is longer than ${MOST} characters`);
    }
    return answerOf(text);
  } catch (thrown) {
    throw late.aborted ? new NoAnswer("late", `none within ${deadline / 1000} s`, thrown) : noAnswer(thrown);
  }
}

/**
 * The lines of an answer that may never end, until the signal. One with a status other than 200 is given whole to
 * `refused`, whose error is thrown. Throws `NoAnswer`.
 */
export async function* lines(
  target: NetConnectOpts,
  path: string,
  signal: AbortSignal,
  refused: (answer: Answer) => Promise<Error>,
): AsyncGenerator<string, void> {
  let head: Head | undefined;
  let rest = "";
  try {
    for await (const part of send(target, { method: "GET", path }, signal)) {
      rest += part;
      if (head === undefined) {
        head = headOf(rest);
        if (head !== undefined) rest = rest.slice(head.length);
      }
      if (head?.status !== 200) continue;
      const whole = rest.split("\n");
      rest = whole.pop() ?? "";
      yield* whole.filter((line) => line !== "");
    }
  } catch (thrown) {
    if (signal.aborted) return;
    throw noAnswer(thrown);
  }
  if (head === undefined) throw new NoAnswer("odd", "it is not HTTP");
  if (head.status !== 200) throw await refused({ status: head.status, text: rest });
}

function send(target: NetConnectOpts, { method, path, body = "" }: Call, signal: AbortSignal): Socket {
  const socket = connect(target);
  const end = () => socket.destroy(new Error("nobody waits for it any more"));
  signal.addEventListener("abort", end, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", end));
  const type = body === "" ? "" : "Content-Type: application/json\r\n";
  // Not ended here: a server takes that for a client who has gone away.
  socket.write(
    `${method} ${path} HTTP/1.0\r\nHost: muster\r\n${type}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return socket.setEncoding("utf8");
}

interface Head {
  readonly status: number;
  /** In bytes, where it is told. */
  readonly bodyBytes: number | undefined;
  /** In characters, with the empty line at its end. */
  readonly length: number;
}

/** Undefined while it has not come to its end. */
function headOf(text: string): Head | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...fields] = text.slice(0, end).split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1];
  if (status === undefined) throw new NoAnswer("odd", "it is not HTTP");
  const length = fields.find((field) => /^content-length:/i.test(field))?.slice("content-length:".length);
  return { status: Number(status), bodyBytes: length === undefined ? undefined : Number(length), length: end + 4 };
}

function answerOf(text: string): Answer {
  const head = headOf(text);
  if (head === undefined)
    throw text === "" ? new NoAnswer("gone", "it is empty") : new NoAnswer("odd", "it is not HTTP");
  const body = text.slice(head.length);
  if (head.bodyBytes !== undefined && Buffer.byteLength(body) < head.bodyBytes) {
    throw new NoAnswer("gone", "it breaks off");
  }
  return { status: head.status, text: body };
}

/** It is not there, is stale, or is no socket at all. */
const NOBODY: ReadonlySet<string> = new Set(["ENOENT", "ECONNREFUSED", "ENOTSOCK", "ENOTDIR"]);
/** It was there when the call began. */
const GONE: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);

export function noAnswer(thrown: unknown): NoAnswer {
  if (thrown instanceof NoAnswer) return thrown;
  const code = systemCodeOf(thrown) ?? "";
  const kind = NOBODY.has(code) ? "nobody" : GONE.has(code) ? "gone" : "odd";
  return new NoAnswer(kind, messageOf(thrown), thrown);
}
