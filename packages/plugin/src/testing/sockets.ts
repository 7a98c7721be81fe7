import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { onTestFinished } from "vitest";

/** A folder of this test's own, closed to others; gone after it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "muster-plugin-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends bytes as they are and reads one HTTP answer. */
export async function exchange(socketPath: string, request: string): Promise<RawAnswer> {
  const socket = connect(socketPath);
  let text = "";
  try {
    socket.write(request, "utf8");
    for await (const chunk of socket.setEncoding("latin1")) {
      text += chunk;
      const answer = complete(text);
      if (answer !== undefined) return answer;
    }
  } finally {
    socket.destroy();
  }
  throw new Error(`half an answer: ${text}`);
}

function complete(text: string): RawAnswer | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const body = text.slice(end + 4);
  if (headers["content-length"] === undefined || body.length < Number(headers["content-length"])) return undefined;
  return { status: Number(first.split(" ")[1]), headers, body: Buffer.from(body, "latin1").toString("utf8") };
}

/** A request as a program of the time would write it. */
export function post(body: string, path = "/", contentType: string | undefined = "application/json"): string {
  const type = contentType === undefined ? "" : `Content-Type: ${contentType}\r\n`;
  return `POST ${path} HTTP/1.1\r\nHost: a\r\n${type}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Listens at a socket, with so many waiting at most, and leaves everything that comes to `behave`. Ends with the test. */
export async function listenRaw(path: string, behave: (socket: Socket) => void, backlog = 511): Promise<void> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    // Whoever is asked badly enough hangs up: that is what these tests are about.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
    behave(socket);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen({ path, backlog }, resolve);
  await promise;
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    await closed.promise;
  });
}

/** A port on loopback that leads to a socket. Ends with the test. */
export async function forwardTo(socketPath: string): Promise<number> {
  const server = createServer((socket) => {
    const inner = connect(socketPath);
    pipeline(socket, inner, socket, () => socket.destroy());
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it has no port");
  return address.port;
}
