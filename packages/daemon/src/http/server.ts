/** The HTTP API on the daemon's unix socket. api.ts says what it is; this serves it. */
import { chmod } from "node:fs/promises";
import { MusterError } from "@muster/model";
import { clearSocketPath, MAX_REQUEST } from "@muster/plugin";
import Fastify, { type FastifyInstance } from "fastify";
import { type ApplyRequest, PATHS, type Ping } from "../api.ts";
import { errorAnswer } from "../api-errors.ts";
import type { ApiDeps } from "./deps.ts";
import { eventRoutes } from "./events.ts";
import { groupRoutes } from "./groups.ts";
import { APPLY } from "./requests.ts";

export function apiServer(deps: ApiDeps): FastifyInstance {
  const { options, stacks, applying } = deps;
  const app = Fastify({
    bodyLimit: MAX_REQUEST,
    forceCloseConnections: "idle",
    // What was sent is taken as it is, or refused: nothing is made fit.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  });
  app.setErrorHandler((thrown, _request, reply) => {
    const { status, body } = errorAnswer(isClientFault(thrown) ? badRequest(thrown.message) : thrown);
    return reply.status(status).send(body);
  });
  app.setNotFoundHandler((request, reply) => {
    const { body } = errorAnswer(badRequest(`there is no ${request.method} ${request.url}`));
    return reply.status(404).send(body);
  });

  app.get(PATHS.ping, async (): Promise<Ping> => {
    const { version, command } = options;
    return { version, pid: process.pid, command, stacks: stacks.all().map(({ stack }) => stack) };
  });
  app.get(PATHS.healthz, async () => ({}));
  app.get(PATHS.readyz, async (_request, reply) => {
    const readiness = await deps.readiness();
    return reply.status(readiness.ready ? 200 : 503).send(readiness);
  });
  app.get(PATHS.plugins, async () => deps.plugins());
  app.post<{ Body: ApplyRequest }>(PATHS.apply, { schema: APPLY }, async ({ body }) => {
    const { document, source, actor, pretend } = body;
    return pretend === true ? applying.pretend(document, source) : applying.apply(document, source, `user:${actor}`);
  });
  groupRoutes(app, stacks);
  eventRoutes(app, deps);
  return app;
}

/** Answers at the socket, for nobody but this user. Throws `daemon.held` when another Muster does. */
export async function listen(app: FastifyInstance, socket: string): Promise<void> {
  try {
    await clearSocketPath(socket);
  } catch (thrown) {
    throw thrown instanceof MusterError && thrown.code === "plugin.socket-taken"
      ? new MusterError("daemon.held", { socket, holder: "it answers there" }, { cause: thrown })
      : thrown;
  }
  await app.listen({ path: socket });
  await chmod(socket, 0o600);
}

/** Calls that have begun may end; so long they are waited for, in milliseconds. */
const GRACE_MS = 2_000;

export async function close(app: FastifyInstance): Promise<void> {
  const grace = setTimeout(() => app.server.closeAllConnections(), GRACE_MS);
  await app.close();
  clearTimeout(grace);
}

function badRequest(detail: string): MusterError {
  return new MusterError("api.bad-request", { detail });
}

/** What fastify itself refuses: no JSON, too big, not as its schema says. */
function isClientFault(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error) || !("statusCode" in thrown)) return false;
  return typeof thrown.statusCode === "number" && thrown.statusCode < 500;
}
