/** The socket that the API is asked at. */
import { once } from "node:events";
import { chmod } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { MusterError } from "@muster/model";
import { clearSocketPath } from "@muster/plugin";
import type { ApiDeps } from "./deps.ts";
import type { Listener } from "./socket.ts";

// An import of it would load all that Node has for the web.
const { createServer } = process.getBuiltinModule("node:http");

export interface Api {
  routing(request: IncomingMessage, response: ServerResponse): void;
  /** It is loaded, and answers at once. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** What answers is loaded when somebody asks first: a command that does its work and ends is mostly asked nothing. */
export function apiWhenAsked(deps: ApiDeps): Api {
  let loaded: ReturnType<typeof load> | undefined;

  async function load() {
    const { apiServer } = await import("./server.ts");
    const app = apiServer(deps);
    await app.ready();
    return app;
  }

  function app(): ReturnType<typeof load> {
    loaded ??= load();
    return loaded;
  }

  return {
    routing(request, response) {
      app().then(
        ({ routing }) => routing(request, response),
        (thrown) => response.destroy(thrown),
      );
    },
    async ready() {
      await app();
    },
    async close() {
      if (loaded !== undefined) await (await loaded).close();
    },
  };
}

/** Answers at the socket, for nobody but this user. Throws `daemon.held` when another Muster does. */
export async function listen(api: Api, socket: string): Promise<Listener> {
  try {
    await clearSocketPath(socket);
  } catch (thrown) {
    throw thrown instanceof MusterError && thrown.code === "plugin.socket-taken"
      ? new MusterError("daemon.held", { socket, holder: "it answers there" }, { cause: thrown })
      : thrown;
  }
  // A server of its own each time: fastify listens with one for good.
  // What a command is given to read may take its time.
  const server = createServer({ requestTimeout: 0 }, api.routing);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  server.once("close", end);
  server.listen({ path: socket });
  await once(server, "listening");
  await chmod(socket, 0o600);
  return {
    retire: () => void server.close(),
    async close() {
      server.close();
      const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await ended;
      clearTimeout(grace);
    },
  };
}

/** Calls that have begun may end; so long they are waited for, in milliseconds. */
const GRACE_MS = 2_000;
