/** From a request that was read to an answer, with everything that stands between: tokens, limits, rights. */
import { actionRoutes } from "./actions.ts";
import { type Answer, failure, notFound, Refusal } from "./answer.ts";
import { choiceRoutes } from "./choices.ts";
import { domainRoutes } from "./domains.ts";
import { dropletRoutes } from "./droplets.ts";
import type { Limits } from "./limits.ts";
import { findRoute, type Route } from "./route.ts";
import { KEY_LIST, keyRoutes } from "./ssh-keys.ts";
import { tagRoutes } from "./tags.ts";
import { mayDo, type Rights } from "./tokens.ts";
import type { World } from "./world.ts";

/** Those with words of their own go before those with an id in the same place. */
export const ROUTES: readonly Route[] = [
  ...choiceRoutes,
  ...actionRoutes,
  ...dropletRoutes,
  ...tagRoutes,
  ...keyRoutes,
  ...domainRoutes,
];

export interface Gate {
  readonly tokens: ReadonlyMap<string, Rights>;
  readonly limits: Limits;
}

/** A request as it was read. */
export interface Asked {
  readonly method: string;
  /** At the simulator's own address. */
  readonly url: URL;
  readonly token: string | undefined;
  /** Its text; empty where none was sent. */
  readonly text: string;
}

export function handle(world: World, gate: Gate, { method, url, token, text }: Asked): Answer {
  world.agenda.settle(world.clock.now());
  const rights = gate.tokens.get(token ?? "");
  if (token === undefined || rights === undefined) return failure(401, "Unable to authenticate you.");
  const path = url.pathname.replace(/\/+$/, "");
  const over = gate.limits.take(token, method === "GET" && path === KEY_LIST, world.clock.now());
  if (over !== undefined) return over;
  return refusing(() => {
    const found = findRoute(ROUTES, method, path);
    if (found === undefined) throw notFound();
    const { route, params } = found;
    if (!mayDo(rights, route.scope)) return failure(403, "You are not authorized to perform this operation.");
    return route.answer({ world, url, params, body: bodyOf(text) });
  });
}

function refusing(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.answer;
    throw thrown;
  }
}

/** Throws `Refusal` 400. */
function bodyOf(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(failure(400, "The request body is no JSON."));
  }
}
