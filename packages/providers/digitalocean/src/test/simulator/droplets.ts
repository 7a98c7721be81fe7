import { beginAction, destroyDroplet } from "./action-run.ts";
import { type Answer, NO_CONTENT, notFound, unprocessable } from "./answer.ts";
import type { Droplet } from "./droplet.ts";
import { createDroplets } from "./droplet-create.ts";
import { viewDroplet } from "./droplet-view.ts";
import { page } from "./paging.ts";
import type { Call, Route } from "./route.ts";
import { known, type World } from "./world.ts";

export const BUSY = "Droplet already has a pending event.";

export const dropletRoutes: readonly Route[] = [
  { method: "GET", path: "/v2/droplets", scope: "droplet:read", answer: list },
  { method: "POST", path: "/v2/droplets", scope: "droplet:create", answer: create },
  { method: "DELETE", path: "/v2/droplets", scope: "droplet:delete", answer: destroyTagged },
  { method: "GET", path: "/v2/droplets/:id", scope: "droplet:read", answer: get },
  { method: "DELETE", path: "/v2/droplets/:id", scope: "droplet:delete", answer: destroy },
];

/**
 * The droplet of a call, if it can be seen already.
 *
 * @throws Refusal 404
 */
export function dropletOf({ world, params }: Call): Droplet {
  const droplet = world.droplets.get(Number(params["id"]));
  if (droplet === undefined) throw notFound();
  if (world.clock.now() < droplet.createdAt + world.faults.unseenMs) throw notFound();
  return droplet;
}

/** As `dropletOf`; 404 also for one that is being destroyed, 422 for one that is busy. */
export function freeDropletOf(call: Call): Droplet {
  const droplet = dropletOf(call);
  if (droplet.status === "archive") throw notFound();
  if (call.world.busy.has(droplet.id)) throw unprocessable(BUSY);
  return droplet;
}

function create({ world, url, body }: Call): Answer {
  const { droplets, several } = createDroplets(world, body);
  const actions = droplets.map((droplet) => {
    const action = beginAction(world, droplet, {
      type: "create",
      takesMs: world.times.createMs,
      effect: (made) => ({ ...made, status: "active", hasAddresses: true }),
    });
    return { id: action.id, rel: "create", href: new URL(`/v2/actions/${action.id}`, url).href };
  });
  const views = droplets.map((droplet) => viewDroplet(world, droplet));
  return { status: 202, body: { ...(several ? { droplets: views } : { droplet: views[0] }), links: { actions } } };
}

function get(call: Call): Answer {
  return { status: 200, body: { droplet: viewDroplet(call.world, dropletOf(call)) } };
}

function list({ world, url }: Call): Answer {
  const wanted = wantedOf(url);
  const shown = world.droplets.asOf(world.clock.now() - world.faults.listLagMs);
  const found = shown.filter((droplet) => isWanted(world, droplet, wanted));
  return page(url, "droplets", found, (droplet) => viewDroplet(world, droplet));
}

interface Wanted {
  readonly name: string | undefined;
  readonly tag: string | undefined;
  readonly gpus: boolean;
}

function wantedOf({ searchParams }: URL): Wanted {
  const name = searchParams.get("name") ?? undefined;
  const tag = searchParams.get("tag_name") ?? undefined;
  const type = searchParams.get("type") ?? undefined;
  if (tag !== undefined && name !== undefined) throw unprocessable("tag_name cannot be combined with name.");
  if (tag !== undefined && type !== undefined) throw unprocessable("tag_name cannot be combined with type.");
  return { name, tag, gpus: type === "gpus" };
}

function isWanted(world: World, droplet: Droplet, { name, tag, gpus }: Wanted): boolean {
  // Whoever does not ask for droplets with GPUs does not see them.
  if ((known(world.sizes, droplet.size).gpu !== undefined) !== gpus) return false;
  if (name !== undefined && name.toLowerCase() !== droplet.name.toLowerCase()) return false;
  return tag === undefined || droplet.tags.includes(tag);
}

function destroy(call: Call): Answer {
  destroyDroplet(call.world, freeDropletOf(call));
  return NO_CONTENT_TYPED;
}

function destroyTagged({ world, url }: Call): Answer {
  const tag = url.searchParams.get("tag_name");
  if (tag === null) throw unprocessable("tag_name is missing.");
  if (world.tags.get(tag.toLowerCase())?.name !== tag) throw notFound();
  for (const droplet of world.droplets.all()) {
    if (droplet.tags.includes(tag) && droplet.status !== "archive") destroyDroplet(world, droplet);
  }
  return NO_CONTENT_TYPED;
}

/** The one empty answer that has a type. */
const NO_CONTENT_TYPED: Answer = {
  ...NO_CONTENT,
  headers: { "content-type": "application/json; charset=utf-8" },
};
