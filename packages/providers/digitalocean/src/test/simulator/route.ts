import type { Answer } from "./answer.ts";
import type { World } from "./world.ts";

export interface Call {
  readonly world: World;
  /** As it came, at the simulator's own address; without a trailing slash. */
  readonly url: URL;
  /** What stands for the `:names` of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  /** Undefined where none was sent. */
  readonly body: unknown;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `:name` for what changes. */
  readonly path: string;
  /** The right that a token must have. */
  readonly scope: string;
  /** Throws `Refusal`. */
  readonly answer: (call: Call) => Answer;
}

/** The route that a request takes, and what stands for the names in its path. Earlier routes go first. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly params: Readonly<Record<string, string>> } | undefined {
  for (const route of routes) {
    if (route.method !== method) continue;
    const params = paramsOf(route.path, path);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = given[index] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = unescaped(text);
    else if (part !== text) return undefined;
  }
  return params;
}

/** What is escaped wrongly names nothing, as it stands. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
