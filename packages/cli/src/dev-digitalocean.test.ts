import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";

describe("muster dev digitalocean", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  it("prints what a shell needs to find it, and answers there until it is ended", async () => {
    const running = house.start("dev", "digitalocean", "--droplets", "3");
    await running.says("TOKEN=");
    const [comment = "", ...lines] = running.out().split("\n");
    expect(comment).toMatch(/^# .*Ctrl-C ends it\.$/);
    expect(lines).toEqual([
      expect.stringMatching(/^export DIGITALOCEAN_API_URL=http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^export DIGITALOCEAN_TOKEN=\S+$/),
      "",
    ]);
    const [url, token] = lines.map((line) => line.split("=")[1]);
    const response = await fetch(`${url}/v2/droplets`, { headers: { authorization: `Bearer ${token}` } });
    expect(await response.json()).toMatchObject({
      droplets: [{ name: "droplet-1", status: "active" }, { name: "droplet-2" }, { name: "droplet-3" }],
    });
    running.signal("SIGINT");
    expect(await running.ended).toMatchObject({ code: 0, err: "" });
    await expect(fetch(String(url))).rejects.toThrow();
  });

  it("prints one object for a program, and nothing else", async () => {
    const running = house.start("dev", "digitalocean", "--output", "json");
    await running.says("\n");
    const { url, token, readOnlyToken, droplets } = JSON.parse(running.out());
    expect([droplets, running.err()]).toEqual([0, ""]);
    for (const each of [token, readOnlyToken]) {
      const response = await fetch(`${url}/v2/account`, { headers: { authorization: `Bearer ${each}` } });
      expect(response.status).toBe(200);
    }
    running.signal("SIGTERM");
    expect((await running.ended).code).toBe(0);
  });

  it("does not take a port that is taken", async () => {
    const first = house.start("dev", "digitalocean", "--output", "json");
    await first.says("\n");
    const { port } = new URL(JSON.parse(first.out()).url);
    const { code, err } = await house.run("dev", "digitalocean", "--port", port);
    expect(err).toContain(`--port: port ${port} is taken`);
    expect(code).toBe(2);
  });

  it.each([
    ["--port", "70000"],
    ["--port", "-1"],
    ["--droplets", "many"],
    ["--droplets", "1001"],
  ])("refuses %s %s", async (flag, value) => {
    const { code, err, out } = await house.run("dev", "digitalocean", `${flag}=${value}`);
    expect(err).toContain(`${flag}: \`${value}\` is no number from 0 to `);
    expect([code, out]).toEqual([2, ""]);
  });
});
