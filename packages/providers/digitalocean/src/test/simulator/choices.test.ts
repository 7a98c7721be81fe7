import { expect, it } from "vitest";
import { simulated } from "../simulated.ts";

it("tells whose account it is, and how many droplets it may have", async () => {
  const { call } = await simulated({ dropletLimit: 7 });
  expect((await call("GET", "/v2/account")).body).toMatchObject({ account: { droplet_limit: 7, status: "active" } });
});

it("lists regions with the sizes that are sold there", async () => {
  const { call, panel } = await simulated();
  panel.stopSelling("s-1vcpu-1gb", "lon1");
  const { body } = await call("GET", "/v2/regions?per_page=200");
  const regions = new Map(Object(body)["regions"].map((region: { slug: string }) => [region.slug, region]));
  expect(regions.get("nyc3")).toMatchObject({ available: true, sizes: expect.arrayContaining(["s-1vcpu-1gb", "c-2"]) });
  expect(Object(regions.get("lon1")).sizes).not.toContain("s-1vcpu-1gb");
  expect(regions.get("ams2")).toMatchObject({ available: false, sizes: [] });
});

it("lists sizes with what they cost", async () => {
  const { call } = await simulated();
  const { body } = await call("GET", "/v2/sizes?per_page=200");
  expect(Object(body)["sizes"]).toContainEqual(
    expect.objectContaining({ slug: "s-1vcpu-1gb", price_monthly: 6, disk: 25, memory: 1024, available: true }),
  );
});

it("shows images by id and by slug, and a slug that has moved is another image", async () => {
  const { call, panel } = await simulated();
  const idOf = async (image: string | number) => Object((await call("GET", `/v2/images/${image}`)).body["image"]).id;
  const old = await idOf("debian-12-x64");
  expect(await idOf(old)).toBe(old);
  const { id } = panel.addDroplet({ name: "a", image: "debian-12-x64" });
  const moved = panel.moveSlug("debian-12-x64");
  expect(await idOf("debian-12-x64")).toBe(moved);
  expect(moved).not.toBe(old);
  expect((await call("GET", `/v2/droplets/${id}`)).body).toMatchObject({ droplet: { image: { id: old, slug: null } } });
  expect((await call("GET", "/v2/images/none")).status).toBe(404);
});

it("lists images of a kind", async () => {
  const { call } = await simulated();
  const slugs = async (query: string) =>
    Object((await call("GET", `/v2/images?${query}`)).body)["images"].map(({ slug }: { slug: string }) => slug);
  expect(await slugs("type=application")).toEqual(["docker-20-04"]);
  expect(await slugs("type=distribution")).not.toContain("docker-20-04");
  expect(await slugs("private=true")).toEqual([]);
  expect(await slugs("tag_name=web")).toEqual([]);
});
