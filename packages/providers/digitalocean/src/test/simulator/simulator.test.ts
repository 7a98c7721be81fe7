import { describe, expect, it } from "vitest";
import { SMALL, simulated } from "../simulated.ts";
import { logicalClock, realClock, startSimulator } from "./index.ts";

describe("the simulator", () => {
  it("keeps a log of what was asked and answered, and no tokens", async () => {
    const { call, count, requests, token } = await simulated();
    await call("POST", "/v2/droplets", SMALL);
    await call("GET", "/v2/droplets?per_page=5");
    await call("GET", "/v2/account");
    expect(requests).toMatchObject([
      { method: "POST", path: "/v2/droplets", body: SMALL, status: 202 },
      { method: "GET", path: "/v2/droplets", query: { per_page: "5" }, body: undefined, status: 200 },
      { method: "GET", path: "/v2/account", status: 200, headers: { "ratelimit-remaining": "4997" } },
    ]);
    expect([count("GET"), count("GET", /droplets/), count("PUT")]).toEqual([2, 1, 0]);
    expect(JSON.stringify(requests)).not.toContain(token);
  });

  it("lets time pass with each look at droplets and actions, where it is told to", async () => {
    const simulator = await simulated({ tickPerRequestMs: 1_000, clock: logicalClock(0) });
    const { call, clock } = simulator;
    for (const path of ["/v2/droplets", "/v2/actions", "/v2/droplets/7", "/v2/actions/7"]) await call("GET", path);
    for (const path of ["/v2/account", "/v2/tags"]) await call("GET", path);
    await call("POST", "/v2/droplets", SMALL);
    expect(clock.now()).toBe(4_000);
    simulator.tickPerRequestMs = 0;
    await call("GET", "/v2/droplets");
    expect(clock.now()).toBe(4_000);
  });

  it("goes by the wall's time where it is told to, and can leap ahead of it", async () => {
    const clock = realClock();
    const { call, state } = await simulated({ clock, times: { createMs: 3_600_000 } });
    await call("POST", "/v2/droplets", SMALL);
    expect(state.droplets()).toMatchObject([{ status: "new" }]);
    clock.advance(3_600_000);
    expect(state.droplets()).toMatchObject([{ status: "active" }]);
  });

  it("answers 400 to what is no JSON, and 404 where there is nothing", async () => {
    const { call } = await simulated();
    expect((await call("POST", "/v2/droplets", "{")).status).toBe(400);
    expect((await call("POST", "/v2/droplets", "[1]")).status).toBe(422);
    expect((await call("GET", "/v2/droplets/web-1")).status).toBe(404);
    expect((await call("PATCH", "/v2/droplets")).status).toBe(404);
    expect((await call("GET", "/")).status).toBe(404);
    expect((await call("GET", "/v2/tags/%")).status).toBe(404);
  });

  it("answers on the port that it is given, and no more when it is closed", async () => {
    const simulator = await startSimulator();
    const port = Number(new URL(simulator.url).port);
    await expect(startSimulator({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await simulator.close();
    await expect(fetch(simulator.url)).rejects.toThrow();
  });

  it("tells at its end what has gone wrong in itself, which a client took for a lost answer", async () => {
    const simulator = await startSimulator({
      onExchange() {
        throw new Error("not as described");
      },
    });
    await expect(fetch(simulator.url)).rejects.toThrow();
    await expect(simulator.close()).rejects.toMatchObject({ errors: [{ message: "not as described" }] });
  });

  it("has a panel for what others do in the account", async () => {
    const { call, panel, state } = await simulated();
    const { id } = panel.addDroplet({ name: "a", size: "s-2vcpu-4gb", backups: true, tags: ["x"] });
    await call("POST", `/v2/droplets/${id}/actions`, { type: "reboot" });
    panel.change(id, { status: "off", name: "b", size: "s-1vcpu-1gb" });
    panel.tag(id, "y");
    panel.untag(id, "x");
    expect(state.droplet(id)).toMatchObject({ name: "b", status: "off", size: "s-1vcpu-1gb", disk: 80, tags: ["y"] });
    panel.destroy(id);
    expect(state.droplet(id)).toBeUndefined();
    expect(() => panel.destroy(id)).toThrow(`there is no droplet ${id}`);
  });
});
