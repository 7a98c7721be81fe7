import { expect, it } from "vitest";
import { simulated } from "../simulated.ts";

const resources = (...ids: readonly number[]) => ({
  resources: ids.map((id) => ({ resource_id: String(id), resource_type: "droplet" })),
});

it("keeps the case of a tag's first use", async () => {
  const { call, panel, state } = await simulated();
  expect((await call("POST", "/v2/tags", { name: "PROD" })).body).toMatchObject({
    tag: { name: "PROD", resources: { count: 0 } },
  });
  const { id } = panel.addDroplet({ name: "web-1", tags: ["prod"] });
  expect(state.droplet(id)?.tags).toEqual(["PROD"]);
  const again = await call("POST", "/v2/tags", { name: "Prod" });
  expect(again).toMatchObject({ status: 201, body: { tag: { name: "PROD" } } });
  expect((await call("GET", "/v2/tags/prod")).status).toBe(404);
  expect((await call("GET", "/v2/tags/PROD")).body).toMatchObject({
    tag: { resources: { count: 1, droplets: { count: 1, last_tagged_uri: expect.stringMatching(`/${id}$`) } } },
  });
});

it("tags droplets and untags them", async () => {
  const { call, panel, state } = await simulated();
  const [one, two] = [panel.addDroplet({ name: "a" }), panel.addDroplet({ name: "b" })];
  expect((await call("POST", "/v2/tags/web/resources", resources(one.id))).status).toBe(404);
  await call("POST", "/v2/tags", { name: "web" });
  expect((await call("POST", "/v2/tags/web/resources", resources(one.id, two.id))).status).toBe(204);
  expect(state.droplets().map(({ tags }) => tags)).toEqual([["web"], ["web"]]);
  expect((await call("DELETE", "/v2/tags/web/resources", resources(one.id))).status).toBe(204);
  expect((await call("DELETE", "/v2/tags/web/resources", resources(one.id))).status).toBe(204);
  expect(state.droplets().map(({ tags }) => tags)).toEqual([[], ["web"]]);
});

it("tags all that are named, or none", async () => {
  const { call, panel, state } = await simulated();
  const { id } = panel.addDroplet({ name: "a" });
  await call("POST", "/v2/tags", { name: "web" });
  expect((await call("POST", "/v2/tags/web/resources", resources(id, 7))).status).toBe(404);
  expect(state.droplet(id)?.tags).toEqual([]);
});

it("untags everything when a tag is deleted", async () => {
  const { call, panel, state } = await simulated();
  const { id } = panel.addDroplet({ name: "a", tags: ["web", "eu"] });
  expect((await call("DELETE", "/v2/tags/web")).status).toBe(204);
  expect(state.droplet(id)?.tags).toEqual(["eu"]);
  expect((await call("GET", "/v2/tags")).body).toMatchObject({ tags: [{ name: "eu" }], meta: { total: 1 } });
  expect((await call("DELETE", "/v2/tags/web")).status).toBe(404);
});

it("refuses what is no tag, in a shape of its own", async () => {
  const { call, state } = await simulated();
  const { status, body } = await call("POST", "/v2/tags", { name: "a tag" });
  expect(status).toBe(400);
  expect(body).toMatchObject({ error: expect.stringContaining("invalid characters"), messages: null });
  expect((await call("POST", "/v2/tags", { name: "x".repeat(256) })).status).toBe(400);
  expect((await call("POST", "/v2/tags", {})).status).toBe(422);
  expect(state.tags()).toEqual([]);
});
