/** The account itself, and what it can choose from: regions, sizes, images. */
import { type Answer, notFound } from "./answer.ts";
import { viewImage, viewRegion, viewSize } from "./droplet-view.ts";
import { page } from "./paging.ts";
import type { Call, Route } from "./route.ts";
import { imageOf } from "./world.ts";

export const choiceRoutes: readonly Route[] = [
  { method: "GET", path: "/v2/account", scope: "account:read", answer: account },
  {
    method: "GET",
    path: "/v2/regions",
    scope: "regions:read",
    answer: ({ world, url }) =>
      page(url, "regions", [...world.regions.values()], (region) => viewRegion(world, region)),
  },
  {
    method: "GET",
    path: "/v2/sizes",
    scope: "sizes:read",
    answer: ({ world, url }) => page(url, "sizes", [...world.sizes.values()], viewSize),
  },
  { method: "GET", path: "/v2/images", scope: "image:read", answer: images },
  { method: "GET", path: "/v2/images/:image", scope: "image:read", answer: image },
];

function account({ world }: Call): Answer {
  const account = {
    droplet_limit: world.account.dropletLimit,
    floating_ip_limit: 3,
    email: "somebody@example.com",
    name: "Somebody",
    uuid: "5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e",
    email_verified: true,
    status: "active",
    status_message: "",
  };
  return { status: 200, body: { account } };
}

function images({ world, url }: Call): Answer {
  const type = url.searchParams.get("type");
  const isPrivate = url.searchParams.get("private") === "true";
  const found = [...world.images.values()].filter(({ slug, isApplication = false }) => {
    if (isPrivate) return slug === undefined;
    if (type === null) return true;
    return slug !== undefined && isApplication === (type === "application");
  });
  // No image here bears a tag.
  return page(url, "images", url.searchParams.has("tag_name") ? [] : found, viewImage);
}

function image({ world, params }: Call): Answer {
  const found = imageOf(world, params["image"] ?? "");
  if (found === undefined) throw notFound();
  return { status: 200, body: { image: viewImage(found) } };
}
