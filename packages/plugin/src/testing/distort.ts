import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

export interface Passing {
  readonly status: number;
  readonly body: string;
}

/** Stands before a plugin's socket and answers as `change` says: to the request, given what the plugin answered. */
export async function distort(
  behind: string,
  socket: string,
  change: (asked: string, answered: Passing) => Passing,
): Promise<void> {
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing, behind, change));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(socket, resolve);
  await promise;
  onTestFinished(async () => {
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    server.closeAllConnections();
    await closed.promise;
  });
}

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  behind: string,
  change: (asked: string, answered: Passing) => Passing,
): Promise<void> {
  const asked = await textOf(incoming);
  const { method, url: path, headers } = incoming;
  const answer = Promise.withResolvers<IncomingMessage>();
  request({ socketPath: behind, agent: false, method, path, headers }, answer.resolve).end(asked);
  const behindIt = await answer.promise;
  if (path === "/hints") {
    outgoing.writeHead(200);
    behindIt.pipe(outgoing);
    outgoing.once("close", () => behindIt.destroy());
    return;
  }
  const { status, body } = change(asked, { status: behindIt.statusCode ?? 0, body: await textOf(behindIt) });
  outgoing.writeHead(status).end(body);
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of message.setEncoding("utf8")) text += chunk;
  return text;
}
