import { z } from "zod";
import { type Answer, NO_CONTENT, notFound, Refusal } from "./answer.ts";
import type { Droplet } from "./droplet.ts";
import { page } from "./paging.ts";
import { read } from "./read.ts";
import type { Call, Route } from "./route.ts";
import { invalidTag, isTagName, noteTagged, tagNamed } from "./tag-names.ts";
import type { Tag, World } from "./world.ts";

export const tagRoutes: readonly Route[] = [
  { method: "GET", path: "/v2/tags", scope: "tag:read", answer: list },
  { method: "POST", path: "/v2/tags", scope: "tag:create", answer: create },
  { method: "GET", path: "/v2/tags/:tag", scope: "tag:read", answer: get },
  { method: "DELETE", path: "/v2/tags/:tag", scope: "tag:delete", answer: remove },
  { method: "POST", path: "/v2/tags/:tag/resources", scope: "tag:create", answer: tagResources },
  { method: "DELETE", path: "/v2/tags/:tag/resources", scope: "tag:delete", answer: untagResources },
];

/** Kinds of things that can bear tags, and are not simulated or never tagged here. */
const OTHERS = ["images", "volumes", "volume_snapshots", "databases"];

function list({ world, url }: Call): Answer {
  return page(url, "tags", [...world.tags.values()], (tag) => view(world, tag, url));
}

/** Whoever makes a tag that is there is given that. */
function create({ world, url, body }: Call): Answer {
  const { name } = read(z.object({ name: z.string() }), body);
  if (!isTagName(name)) throw new Refusal(invalid(name));
  return { status: 201, body: { tag: view(world, tagNamed(world, name), url) } };
}

function get(call: Call): Answer {
  return { status: 200, body: { tag: view(call.world, tagOf(call), call.url) } };
}

function remove(call: Call): Answer {
  const { world } = call;
  const { name } = tagOf(call);
  for (const droplet of bearers(world, name)) setTags(world, droplet, without(droplet, name));
  world.tags.delete(name.toLowerCase());
  return NO_CONTENT;
}

function tagResources(call: Call): Answer {
  const { world } = call;
  const { name } = tagOf(call);
  for (const droplet of resourcesOf(call)) {
    if (!droplet.tags.includes(name)) setTags(world, droplet, [...droplet.tags, name]);
    noteTagged(world, name, droplet.id);
  }
  return NO_CONTENT;
}

function untagResources(call: Call): Answer {
  const { name } = tagOf(call);
  for (const droplet of resourcesOf(call)) setTags(call.world, droplet, without(droplet, name));
  return NO_CONTENT;
}

/** A tag is known by the very letters of its first use. Throws `Refusal` 404. */
function tagOf({ world, params }: Call): Tag {
  const name = params["tag"] ?? "";
  const tag = world.tags.get(name.toLowerCase());
  if (tag?.name !== name) throw notFound();
  return tag;
}

const resources = z.object({
  resources: z.array(z.object({ resource_id: z.coerce.string(), resource_type: z.string() })),
});

/** All of them, or none: throws `Refusal` 404. */
function resourcesOf({ world, body }: Call): readonly Droplet[] {
  return read(resources, body).resources.map(({ resource_id, resource_type }) => {
    const droplet = resource_type === "droplet" ? world.droplets.get(Number(resource_id)) : undefined;
    if (droplet === undefined || droplet.status === "archive") throw notFound();
    return droplet;
  });
}

export function setTags(world: World, { id }: Droplet, tags: readonly string[]): void {
  const droplet = world.droplets.get(id);
  if (droplet !== undefined) world.droplets.put({ ...droplet, tags }, world.clock.now());
}

function without(droplet: Droplet, name: string): readonly string[] {
  return droplet.tags.filter((tag) => tag !== name);
}

function bearers(world: World, name: string): readonly Droplet[] {
  return world.droplets.all().filter(({ tags }) => tags.includes(name));
}

function view(world: World, { name, lastTagged }: Tag, url: URL): object {
  const droplets = bearers(world, name);
  const last = droplets.some(({ id }) => id === lastTagged)
    ? { last_tagged_uri: new URL(`/v2/droplets/${lastTagged}`, url).href }
    : {};
  const counted = { count: droplets.length, ...last };
  const others = OTHERS.map((kind) => [kind, { count: 0 }]);
  return { name, resources: { ...counted, droplets: counted, ...Object.fromEntries(others) } };
}

/** The API has a shape of its own for this. */
function invalid(name: string): Answer {
  const error = invalidTag(name);
  return { status: 400, body: { error, messages: null, root_causes: [error] } };
}
