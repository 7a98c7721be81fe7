import { describe, expect, it } from "vitest";
import { simulated } from "../simulated.ts";

describe("the limits of requests", () => {
  it("are told with every answer", async () => {
    const { call } = await simulated();
    await call("GET", "/v2/account");
    const { headers } = await call("GET", "/v2/nothing");
    expect(headers.get("ratelimit-limit")).toBe("5000");
    expect(headers.get("ratelimit-remaining")).toBe("4998");
    expect(headers.get("ratelimit-reset")).toBe(String(Date.UTC(2026, 0, 1, 1) / 1000));
  });

  it("are 250 in any minute: whoever is over them is told when to come again", async () => {
    const { call, clock, exhaust } = await simulated();
    await call("GET", "/v2/account");
    clock.advance(20_000);
    exhaust("minute");
    const { status, headers, body } = await call("GET", "/v2/account");
    expect([status, headers.get("retry-after"), body["id"]]).toEqual([429, "40", "too_many_requests"]);
    clock.advance(40_000);
    expect((await call("GET", "/v2/account")).status).toBe(200);
    expect((await call("GET", "/v2/account")).status).toBe(429);
  });

  it("are 5000 in any hour: nothing is said then but how few are left", async () => {
    const { call, clock, exhaust } = await simulated();
    exhaust("hour");
    const { status, headers } = await call("GET", "/v2/account");
    expect([status, headers.get("retry-after"), headers.get("ratelimit-remaining")]).toEqual([429, null, "0"]);
    clock.advance(3_600_000);
    expect((await call("GET", "/v2/account")).status).toBe(200);
  });

  it("are ten lists of SSH keys in a minute", async () => {
    const { call, clock } = await simulated();
    const list = async () => (await call("GET", "/v2/account/keys")).status;
    for (let count = 0; count < 10; count++) expect(await list()).toBe(200);
    expect(await list()).toBe(429);
    expect((await call("GET", "/v2/account")).status).toBe(200);
    clock.advance(60_000);
    expect(await list()).toBe(200);
  });

  it("are of each token alone, and can be set", async () => {
    const { call, exhaust, readOnlyToken } = await simulated({ limits: { perMinute: 1 } });
    exhaust("minute");
    expect((await call("GET", "/v2/account")).status).toBe(429);
    expect((await call("GET", "/v2/account", undefined, readOnlyToken)).status).toBe(200);
    expect((await call("GET", "/v2/account", undefined, readOnlyToken)).status).toBe(429);
  });
});

describe("a token", () => {
  it("must be one that is known", async () => {
    const { call, url } = await simulated();
    const { status, body } = await call("GET", "/v2/droplets", undefined, "wrong");
    expect([status, body["id"], body["message"]]).toEqual([401, "unauthorized", "Unable to authenticate you."]);
    expect((await fetch(`${url}/v2/droplets`)).status).toBe(401);
  });

  it("that may only read changes nothing", async () => {
    const { call, panel, readOnlyToken, state } = await simulated();
    const { id } = panel.addDroplet({ name: "a" });
    expect((await call("GET", "/v2/droplets", undefined, readOnlyToken)).status).toBe(200);
    const { status, body } = await call("DELETE", `/v2/droplets/${id}`, undefined, readOnlyToken);
    expect([status, body["id"]]).toEqual([403, "forbidden"]);
    expect(state.droplet(id)).toMatchObject({ status: "active" });
  });

  it("may do what it was given", async () => {
    const { call } = await simulated({ tokens: { tagger: ["tag:*", "droplet:read"] } });
    const status = async (method: string, path: string, body?: object) =>
      (await call(method, path, body, "tagger")).status;
    expect(await status("POST", "/v2/tags", { name: "a" })).toBe(201);
    expect(await status("GET", "/v2/droplets")).toBe(200);
    expect(await status("GET", "/v2/images")).toBe(403);
  });
});
