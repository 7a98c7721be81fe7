/** The HTTP API on the daemon's unix socket. api.ts says what it is; this serves it. */
import { MusterError } from "@muster/model";
import { MAX_ID, MAX_REQUEST } from "@muster/plugin";
import type { Asked } from "@muster/runtime";
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import {
  type ApplyRequest,
  type AskChecksRequest,
  type DestroyRequest,
  PATHS,
  type Ping,
  type PlanRequest,
  type StackChecks,
  type StackResources,
} from "../api.ts";
import { errorAnswer } from "../api-errors.ts";
import type { ApiDeps } from "./deps.ts";
import { eventRoutes } from "./events.ts";
import { groupRoutes } from "./groups.ts";
import { instanceRoutes } from "./instances.ts";
import { APPLY, ASK_CHECKS, DESTROY, PLAN } from "./requests.ts";

export function apiServer(deps: ApiDeps): FastifyInstance {
  const { options, stacks, applying, ear } = deps;
  const app = Fastify({
    bodyLimit: MAX_REQUEST,
    // An id, with whatever in it must be escaped.
    routerOptions: { maxParamLength: MAX_ID * 9 },
    // What fastify refuses before a route is found, such as a path that is too long.
    frameworkErrors: (error, _request, reply: FastifyReply) => {
      const { body } = errorAnswer(badRequest(error.message));
      return reply.status(error.statusCode ?? 400).send(body);
    },
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

  app.addHook("onRequest", async () => ear.asked());

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
    const { document, source, actor, pretend, expected, ...asked } = body;
    if (pretend === true) return applying.pretend(document, source);
    const all = { ...askedOf(asked), ...(expected ? { expected } : {}) };
    return ear.during(() => applying.apply(document, source, `user:${actor}`, all));
  });
  app.post<{ Body: DestroyRequest }>(PATHS.destroy, { schema: DESTROY }, async ({ body: { stack, actor } }) =>
    ear.during(() => applying.destroy(stack, `user:${actor}`)),
  );
  app.get(PATHS.resources, async (): Promise<readonly StackResources[]> => {
    const declared = stacks.all().filter((keeper) => keeper.declaration() !== undefined);
    return declared.map((keeper) => ({ stack: keeper.stack, ...keeper.resources() }));
  });
  app.get(PATHS.checks, async (): Promise<readonly StackChecks[]> => {
    const declared = stacks.all().filter((keeper) => keeper.declaration() !== undefined);
    return declared.map((keeper) => ({ stack: keeper.stack, ...keeper.checks() }));
  });
  app.post<{ Body: AskChecksRequest }>(
    PATHS.askChecks,
    { schema: ASK_CHECKS },
    async ({ body: { stack } }): Promise<StackChecks> => {
      const keeper = stacks.get(stack);
      if (keeper?.declaration() === undefined) throw new MusterError("stack.not-found", { stack, nearest: "" });
      return { stack, ...(await keeper.askChecks()) };
    },
  );
  app.post<{ Body: PlanRequest }>(PATHS.plan, { schema: PLAN }, async ({ body }) =>
    applying.plan(body.document, body.source, askedOf(body)),
  );
  groupRoutes(app, stacks);
  instanceRoutes(app, deps);
  eventRoutes(app, deps);
  return app;
}

function askedOf({ allow, prune }: Pick<PlanRequest, "allow" | "prune">): Asked {
  return { ...(allow === undefined ? {} : { allow }), ...(prune === undefined ? {} : { prune }) };
}

function badRequest(detail: string): MusterError {
  return new MusterError("api.bad-request", { detail });
}

/** What fastify itself refuses: no JSON, too big, not as its schema says. */
function isClientFault(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error) || !("statusCode" in thrown)) return false;
  return typeof thrown.statusCode === "number" && thrown.statusCode < 500;
}
