import { describe, expect, it } from "vitest";
import { SMALL, simulated } from "../simulated.ts";
import { HOST_FULL } from "./index.ts";

const CREATES = { method: "POST", path: /^\/v2\/droplets$/ };

describe("a request", () => {
  it("can be granted, and its answer get lost", async () => {
    const { call, faults, requests, state } = await simulated();
    faults.onRequest({ kind: "lost-answer", ...CREATES });
    await expect(call("POST", "/v2/droplets", SMALL)).rejects.toThrow();
    expect(state.droplets()).toMatchObject([{ name: "web-1" }]);
    expect(requests).toMatchObject([{ method: "POST", body: SMALL, status: undefined, fault: "lost-answer" }]);
  });

  it("can get lost itself", async () => {
    const { call, faults, state } = await simulated();
    faults.onRequest({ kind: "lost-request", ...CREATES });
    await expect(call("POST", "/v2/droplets", SMALL)).rejects.toThrow();
    expect(state.droplets()).toEqual([]);
  });

  it.each([
    [{ kind: "error-after" }, 500, 1],
    [{ kind: "error-after", status: 503 }, 503, 1],
    [{ kind: "error-before" }, 500, 0],
    [{ kind: "error-before", status: 503 }, 503, 0],
    [{ kind: "refused", message: HOST_FULL }, 422, 0],
  ] as const)("can be answered as %j tells", async (fault, status, made) => {
    const { call, faults, state } = await simulated();
    faults.onRequest({ ...fault, ...CREATES });
    expect((await call("POST", "/v2/droplets", SMALL)).status).toBe(status);
    expect(state.droplets()).toHaveLength(made);
  });

  it("can be answered with a page for people", async () => {
    const { faults, token, url } = await simulated();
    faults.onRequest({ kind: "html" });
    const response = await fetch(`${url}/v2/droplets`, { headers: { authorization: `Bearer ${token}` } });
    expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html"]);
    expect(await response.text()).toMatch(/^<html>/);
  });

  it("can be granted at once and answered late", async () => {
    const { call, faults, state } = await simulated();
    const late = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<void>();
    const until = () => {
      seen.resolve();
      return late.promise;
    };
    faults.onRequest({ kind: "slow", until, ...CREATES });
    const answer = call("POST", "/v2/droplets", SMALL);
    await seen.promise;
    expect(state.droplets()).toHaveLength(1);
    late.resolve();
    expect((await answer).status).toBe(202);
  });

  it("is spared where it is not meant, and the fault is over when it has befallen so many", async () => {
    const { call, faults } = await simulated();
    faults.onRequest({ kind: "error-before", method: "GET", path: /account/, after: 1, times: 2 });
    const statuses = [];
    for (let count = 0; count < 4; count++) statuses.push((await call("GET", "/v2/account")).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
    const end = faults.onRequest({ kind: "error-before", path: /regions/, times: Number.POSITIVE_INFINITY });
    expect((await call("GET", "/v2/account")).status).toBe(200);
    expect((await call("GET", "/v2/regions")).status).toBe(500);
    end();
    expect((await call("GET", "/v2/regions")).status).toBe(200);
  });
});

describe("an action", () => {
  it("can end errored, and has changed nothing", async () => {
    const { call, clock, faults, panel, state } = await simulated();
    const { id } = panel.addDroplet({ name: "a", status: "off" });
    faults.onAction("resize", { kind: "errored" });
    await call("POST", `/v2/droplets/${id}/actions`, { type: "resize", size: "s-2vcpu-4gb" });
    clock.advance(60_000);
    expect(state.actions()).toMatchObject([{ status: "errored" }]);
    expect(state.droplet(id)).toMatchObject({ size: "s-1vcpu-1gb", status: "off" });
  });

  it("can be a create: the droplet stays new", async () => {
    const { call, clock, faults } = await simulated();
    faults.onAction("create", { kind: "errored" });
    const { body } = await call("POST", "/v2/droplets", SMALL);
    clock.advance(600_000);
    expect((await call("GET", `/v2/droplets/${Object(body["droplet"]).id}`)).body).toMatchObject({
      droplet: { status: "new", locked: false, networks: { v4: [] } },
    });
  });

  it("can take longer than usual", async () => {
    const { call, clock, faults, panel, state } = await simulated({ times: { actionMs: 10_000 } });
    const { id } = panel.addDroplet({ name: "a" });
    faults.onAction("power_off", { kind: "slow", ms: 90_000 });
    await call("POST", `/v2/droplets/${id}/actions`, { type: "power_off" });
    clock.advance(99_999);
    expect(state.actions()).toMatchObject([{ status: "in-progress" }]);
    clock.advance(1);
    expect(state.actions()).toMatchObject([{ status: "completed" }]);
  });
});

describe("what is seen", () => {
  it("can lag behind: a new droplet is not found for a while", async () => {
    const { call, clock, faults } = await simulated();
    faults.unseenMs = 3_000;
    const { body } = await call("POST", "/v2/droplets", SMALL);
    const path = `/v2/droplets/${Object(body["droplet"]).id}`;
    expect((await call("GET", path)).status).toBe(404);
    clock.advance(3_000);
    expect((await call("GET", path)).status).toBe(200);
  });

  it("can lag behind in lists: what was made, changed, tagged and destroyed", async () => {
    const { call, clock, faults, panel } = await simulated({ times: { destroyMs: 0 } });
    const listed = async (query = "") =>
      Object((await call("GET", `/v2/droplets${query}`)).body)["droplets"].map(({ name }: { name: string }) => name);
    faults.listLagMs = 5_000;
    const { id } = panel.addDroplet({ name: "a" });
    expect(await listed()).toEqual([]);
    clock.advance(5_000);
    expect(await listed()).toEqual(["a"]);
    panel.tag(id, "web");
    expect(await listed("?tag_name=web")).toEqual([]);
    clock.advance(5_000);
    expect(await listed("?tag_name=web")).toEqual(["a"]);
    panel.destroy(id);
    expect(await listed()).toEqual(["a"]);
    expect((await call("GET", `/v2/droplets/${id}`)).status).toBe(404);
    clock.advance(5_000);
    expect(await listed()).toEqual([]);
  });

  it("is in order again when the faults are taken away", async () => {
    const { call, faults } = await simulated();
    faults.onRequest({ kind: "error-before", times: Number.POSITIVE_INFINITY });
    faults.onAction("create", { kind: "errored" });
    faults.unseenMs = 1_000;
    faults.clear();
    const { body } = await call("POST", "/v2/droplets", SMALL);
    expect((await call("GET", `/v2/droplets/${Object(body["droplet"]).id}`)).status).toBe(200);
  });
});
