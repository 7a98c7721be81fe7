import { BY_TAG, courseOf, typeOf } from "./action-kinds.ts";
import { beginAction, type Course } from "./action-run.ts";
import { type Answer, notFound, Refusal, unprocessable } from "./answer.ts";
import type { Droplet } from "./droplet.ts";
import { viewAction } from "./droplet-view.ts";
import { dropletOf, freeDropletOf } from "./droplets.ts";
import { page } from "./paging.ts";
import type { Call, Route } from "./route.ts";
import type { Action, World } from "./world.ts";

export const actionRoutes: readonly Route[] = [
  { method: "GET", path: "/v2/actions", scope: "actions:read", answer: (call) => listOf(call, () => true) },
  {
    method: "GET",
    path: "/v2/actions/:action",
    scope: "actions:read",
    answer: (call) => one(call, () => true),
  },
  // Before those of one droplet: `actions` is no id.
  { method: "POST", path: "/v2/droplets/actions", scope: "droplet:update", answer: beginTagged },
  { method: "GET", path: "/v2/droplets/:id/actions", scope: "droplet:read", answer: listOfDroplet },
  { method: "POST", path: "/v2/droplets/:id/actions", scope: "droplet:update", answer: begin },
  {
    method: "GET",
    path: "/v2/droplets/:id/actions/:action",
    scope: "droplet:read",
    answer: (call) => one(call, ({ droplet }) => droplet === Number(call.params["id"])),
  },
];

function begin(call: Call): Answer {
  const { world, body } = call;
  const droplet = freeDropletOf(call);
  const action = beginAction(world, droplet, courseOf(world, droplet, typeOf(body), body));
  return { status: 201, body: { action: viewAction(world, action) } };
}

/** Those that are busy, or to which it cannot be done, are passed over. */
function beginTagged({ world, url, body }: Call): Answer {
  const type = typeOf(body);
  if (!BY_TAG.includes(type)) throw unprocessable(`${type} cannot be done to all Droplets of a tag.`);
  const tag = url.searchParams.get("tag_name");
  if (tag === null) throw unprocessable("tag_name is missing.");
  const free = world.droplets
    .all()
    .filter(({ id, tags, status }) => tags.includes(tag) && status !== "archive" && !world.busy.has(id));
  const actions = free.flatMap((droplet) => {
    const course = courseIfAny(world, droplet, type, body);
    return course === undefined ? [] : [viewAction(world, beginAction(world, droplet, course))];
  });
  return { status: 201, body: { actions } };
}

function courseIfAny(world: World, droplet: Droplet, type: string, body: unknown): Course | undefined {
  try {
    return courseOf(world, droplet, type, body);
  } catch (thrown) {
    if (thrown instanceof Refusal) return undefined;
    throw thrown;
  }
}

function one({ world, params }: Call, isMeant: (action: Action) => boolean): Answer {
  const action = world.actions.get(Number(params["action"]));
  if (action === undefined || !isMeant(action)) throw notFound();
  return { status: 200, body: { action: viewAction(world, action) } };
}

function listOfDroplet(call: Call): Answer {
  const { id } = dropletOf(call);
  return listOf(call, ({ droplet }) => droplet === id);
}

/** Newest first. */
function listOf({ world, url }: Call, isMeant: (action: Action) => boolean): Answer {
  const actions = [...world.actions.values()].filter(isMeant).reverse();
  return page(url, "actions", actions, (action) => viewAction(world, action));
}
