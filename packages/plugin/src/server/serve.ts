import type { Json } from "@muster/model";
import { type Dialect, SPOKEN } from "../infrakit/dialects.ts";
import { infrakitHandlers } from "../infrakit-server/handlers.ts";
import { infrakitPage } from "../infrakit-server/pages.ts";
import { served } from "../infrakit-server/served.ts";
import { notFound, walkthrough } from "../infrakit-server/walkthrough.ts";
import { type HttpReply, type HttpRequest, serveHttp, textReply } from "../wire/http-server.ts";
import { answerRpc, FAILED, RpcFault } from "../wire/json-rpc.ts";
import { HINTS_PATH } from "../wire/methods.ts";
import { flavorHandlers } from "./flavors.ts";
import type { Handlers } from "./handlers.ts";
import { helloHandler } from "./hello.ts";
import { hints } from "./hints.ts";
import type { Plugin } from "./plugin.ts";
import { providerHandlers } from "./providers.ts";
import { streamReply } from "./streams.ts";

export interface ServeOptions extends Plugin {
  /** Where to answer: a path in a directory that is this user's alone. */
  readonly socket: string;
  /** What is spoken; everything unless told. Tests stand for one era with it. */
  readonly dialects?: readonly Dialect[];
}

export interface ServedPlugin {
  readonly socket: string;
  /** Takes no more calls, lets those that have begun come to an end, and closes the providers. What they made stays. */
  close(): Promise<void>;
}

/**
 * Serves types, flavors and groups on a unix socket, to Muster and to InfraKit's clients of every era. Once it serves, the
 * providers are its own to close.
 *
 * Throws `plugin.socket-taken`, `plugin.not-a-socket`, `daemon.socket-path` or `daemon.unsafe-directory`.
 */
export async function servePlugin({ socket, dialects = SPOKEN, ...plugin }: ServeOptions): Promise<ServedPlugin> {
  const answers = answersOf(plugin, dialects);
  const server = await serveHttp(socket, (request) => reply(request, answers));
  return {
    socket,
    async close() {
      await server.close();
      await Promise.all(plugin.types.map(({ provider }) => provider.close?.()));
    },
  };
}

/** What is answered to what, by the ways there are to ask. */
interface Answers {
  readonly methods: Handlers;
  page(path: string): HttpReply | undefined;
  /** What a thing prints, and what a command does there. */
  stream(request: HttpRequest): Promise<HttpReply | undefined>;
  /** A path of the walk-through's dialect. */
  path(request: HttpRequest): Promise<HttpReply>;
}

function answersOf(plugin: Plugin, dialects: readonly Dialect[]): Answers {
  const forInfrakit = served(plugin);
  const muster = dialects.includes("muster");
  const master = dialects.includes("master");
  return {
    methods: new Map([
      ...(muster ? [helloHandler(plugin), ...providerHandlers(plugin), ...flavorHandlers(plugin)] : []),
      ...infrakitHandlers(plugin, forInfrakit, dialects),
    ]),
    page(path) {
      if (muster && path === HINTS_PATH) return hints(plugin);
      return master ? infrakitPage(path, plugin, forInfrakit) : undefined;
    },
    stream: async (request) => (muster ? streamReply(plugin, request) : undefined),
    path: dialects.includes("walk-through") ? walkthrough(forInfrakit, plugin.io) : async () => notFound(),
  };
}

async function reply(request: HttpRequest, answers: Answers): Promise<HttpReply> {
  const { method, path, contentType } = request;
  const page = method === "GET" ? answers.page(path) : undefined;
  if (page !== undefined) return page;
  const stream = await answers.stream(request);
  if (stream !== undefined) return stream;
  if (method !== "POST") return textReply(405, `rpc: POST method required, received ${method}`);
  // The walk-through's plugins knew no path but those of their calls: that is how a client tells them from later ones.
  if (path !== "/" || answers.methods.size === 0) return answers.path(request);
  if (contentType !== "" && contentType !== "application/json") {
    return textReply(415, `rpc: unrecognized Content-Type: ${contentType}`);
  }
  return textReply(
    200,
    await answerRpc(request.body, (name, params) => dispatch(answers.methods, name, params, request)),
  );
}

function dispatch(methods: Handlers, name: string, params: Json | undefined, { signal }: HttpRequest): Promise<object> {
  const handler = methods.get(name);
  if (handler !== undefined) return handler(params, { signal });
  const [service, verb] = name.split(".");
  if (verb === undefined) throw new RpcFault(FAILED, `rpc: service/method request ill-formed: "${name}"`);
  const known = [...methods.keys()].some((each) => each.startsWith(`${service}.`));
  throw new RpcFault(FAILED, `rpc: can't find ${known ? "method" : "service"} "${name}"`);
}
