import { describe, expect, it } from "vitest";
import { publicKey } from "../keys.ts";
import { type Simulated, SMALL, simulated } from "../simulated.ts";

async function created(simulator: Simulated, more: object = {}): Promise<number> {
  const { body, status } = await simulator.call("POST", "/v2/droplets", { ...SMALL, ...more });
  expect(status).toBe(202);
  return Number(Object(body["droplet"])["id"]);
}

const said = async (simulator: Simulated, id: number) =>
  Object((await simulator.call("GET", `/v2/droplets/${id}`)).body["droplet"]);

describe("a new droplet", () => {
  it("is accepted as new, and is active with addresses some time later", async () => {
    const simulator = await simulated({ times: { createMs: 20_000 } });
    const { status, body } = await simulator.call("POST", "/v2/droplets", { ...SMALL, ipv6: true, monitoring: true });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      droplet: { name: "web-1", status: "new", locked: true, networks: { v4: [], v6: [] }, size_slug: "s-1vcpu-1gb" },
      links: { actions: [{ rel: "create" }] },
    });
    const id = Number(Object(body["droplet"])["id"]);
    simulator.clock.advance(19_999);
    expect(await said(simulator, id)).toMatchObject({ status: "new", locked: true });
    simulator.clock.advance(1);
    expect(await said(simulator, id)).toMatchObject({
      status: "active",
      locked: false,
      features: ["private_networking", "ipv6", "monitoring", "droplet_agent"],
      networks: {
        v4: [{ type: "public" }, { type: "private" }],
        v6: [{ ip_address: "2001:db8::1", netmask: 64 }],
      },
    });
  });

  it("links to the action that says how it goes on", async () => {
    const simulator = await simulated({ tickPerRequestMs: 15_000 });
    const { body } = await simulator.call("POST", "/v2/droplets", SMALL);
    const [link] = Object(body["links"]).actions;
    const first = await simulator.call("GET", link.href);
    expect(first.body).toMatchObject({ action: { type: "create", status: "in-progress", completed_at: null } });
    const second = await simulator.call("GET", link.href);
    expect(second.body).toMatchObject({ action: { status: "completed", completed_at: "2026-01-01T00:00:30Z" } });
  });

  it("is one of several where names are given", async () => {
    const simulator = await simulated();
    const { name, ...unnamed } = SMALL;
    const { status, body } = await simulator.call("POST", "/v2/droplets", { ...unnamed, names: ["a", "b"] });
    expect(status).toBe(202);
    expect(body).toMatchObject({ droplets: [{ name: "a" }, { name: "b" }], links: { actions: [{}, {}] } });
    const many = await simulator.call("POST", "/v2/droplets", { ...unnamed, names: "abcdefghijk".split("") });
    expect(many.status).toBe(422);
    expect(simulator.state.droplets()).toHaveLength(2);
  });

  it("may have the name of another", async () => {
    const simulator = await simulated();
    expect(await created(simulator)).not.toBe(await created(simulator));
  });

  it("goes to a region that begins so, or to any, where its size is sold", async () => {
    const simulator = await simulated();
    const { region, ...anywhere } = SMALL;
    const regionOf = async (more: object) =>
      simulator.state.droplet(await created(simulator, { ...anywhere, region: undefined, ...more }))?.region;
    expect(await regionOf({ region: "nyc", size: "c-2" })).toBe("nyc3");
    expect(await regionOf({ size: "c-2", image: "rockylinux-9-x64" })).toBe("nyc3");
  });

  it("is never shown with its user data and keys", async () => {
    const simulator = await simulated();
    const key = await simulator.call("POST", "/v2/account/keys", { name: "a", public_key: publicKey("ann") });
    const ssh_keys = [Object(key.body["ssh_key"]).id];
    const id = await created(simulator, { user_data: "#cloud-config", ssh_keys });
    expect(Object.keys(await said(simulator, id))).not.toEqual(expect.arrayContaining(["user_data"]));
    expect(Object.keys(await said(simulator, id))).not.toEqual(expect.arrayContaining(["ssh_keys"]));
    expect(simulator.state.droplet(id)).toMatchObject({ userData: "#cloud-config", sshKeys: ssh_keys });
  });

  it.each([
    [{ name: "web_1" }, "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"],
    [{ name: undefined }, "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"],
    [{ size: "s-3vcpu-7gb" }, "You specified an invalid size for Droplet creation."],
    [{ size: undefined }, "You specified an invalid size for Droplet creation."],
    [{ image: "debian-99-x64" }, "You specified an invalid image for Droplet creation."],
    [{ image: 99 }, "You specified an invalid image for Droplet creation."],
    [{ region: "moon1" }, "You specified an invalid region for Droplet creation."],
    [{ region: "ams2" }, "Region is not available."],
    [{ region: "lon1", size: "c-2" }, "Size is not available in this region."],
    [{ region: "lon1", image: "rockylinux-9-x64" }, "Image is not available in this region."],
    [{ region: "nyc1", size: "s-1vcpu-512mb-10gb", image: 4004 }, "needs a bigger disk"],
    [{ ssh_keys: [7] }, "7 are invalid key identifiers for Droplet creation."],
    [{ tags: ["a tag"] }, 'Error validating resource tag: "a tag" contains invalid characters'],
    [{ user_data: "x".repeat(64 * 1024 + 1) }, "user_data must be at most 64 KiB"],
    [{ public_networking: false, ipv6: true }, "IPv6 needs public networking."],
    [{ volumes: ["none"] }, "volume none was not found"],
    [{ backups: "yes" }, "backups: "],
  ])("is refused with %j, and nothing is made", async (wrong, says) => {
    const simulator = await simulated();
    const { status, body } = await simulator.call("POST", "/v2/droplets", { ...SMALL, tags: ["b"], ...wrong });
    expect(body).toMatchObject({ id: "unprocessable_entity", message: expect.stringContaining(says) });
    expect(status).toBe(422);
    expect(simulator.state.droplets()).toEqual([]);
    expect(simulator.state.tags()).toEqual([]);
  });

  it("is refused above the account's limit", async () => {
    const simulator = await simulated({ dropletLimit: 1 });
    await created(simulator);
    const { status, body } = await simulator.call("POST", "/v2/droplets", SMALL);
    expect([status, body["message"]]).toEqual([422, "creating this/these droplet(s) will exceed your droplet limit"]);
  });

  it("is made of what real clients send: null for what is not said, and more than is asked", async () => {
    const simulator = await simulated({}, "loosely");
    const nothing = { backups: null, ssh_keys: null, tags: null, user_data: null, vpc_uuid: null, colour: "blue" };
    const { status } = await simulator.call("POST", "/v2/droplets/?verbose=1", { ...SMALL, ...nothing });
    expect(status).toBe(202);
  });

  it("has private networking only if it is asked for, in the old days", async () => {
    const simulator = await simulated({ everyDropletInVpc: false });
    const plain = await created(simulator);
    const networked = await created(simulator, { private_networking: true });
    expect(simulator.state.droplet(plain)).toMatchObject({ privateNetworking: false, vpc: undefined });
    expect(simulator.state.droplet(networked)).toMatchObject({ privateNetworking: true });
  });
});

describe("the list of droplets", () => {
  it("is of a name whatever its case, or of a tag in its own case, and not of both", async () => {
    const simulator = await simulated();
    const web = await created(simulator, { name: "Web", tags: ["Prod"] });
    await created(simulator, { name: "db", tags: ["prod", "data"] });
    const names = async (query: string) => {
      const { status, body } = await simulator.call("GET", `/v2/droplets?${query}`);
      return status === 200 ? Object(body)["droplets"].map(({ name }: { name: string }) => name) : status;
    };
    expect(simulator.state.droplet(web)?.tags).toEqual(["Prod"]);
    expect(await names("name=web")).toEqual(["Web"]);
    expect(await names("name=we")).toEqual([]);
    expect(await names("tag_name=Prod")).toEqual(["Web", "db"]);
    expect(await names("tag_name=prod")).toEqual([]);
    expect(await names("tag_name=never")).toEqual([]);
    expect(await names("tag_name=Prod&name=web")).toBe(422);
    expect(await names("tag_name=Prod&type=gpus")).toBe(422);
  });

  it("leaves out droplets with GPUs, unless they are asked for", async () => {
    const simulator = await simulated();
    await created(simulator, { name: "gpu", size: "gpu-h100x1-80gb" });
    await created(simulator);
    expect((await simulator.call("GET", "/v2/droplets")).body).toMatchObject({ droplets: [{ name: "web-1" }] });
    expect((await simulator.call("GET", "/v2/droplets?type=gpus")).body).toMatchObject({
      droplets: [{ name: "gpu", gpu_info: { count: 1 } }],
    });
  });
});

describe("a droplet that is destroyed", () => {
  it("is archived for a while, and gone then", async () => {
    const simulator = await simulated({ times: { destroyMs: 5_000 } });
    const { id } = simulator.panel.addDroplet({ name: "web-1" });
    const { status, headers } = await simulator.call("DELETE", `/v2/droplets/${id}`);
    expect([status, headers.get("content-type")]).toEqual([204, "application/json; charset=utf-8"]);
    expect(await said(simulator, id)).toMatchObject({ status: "archive", locked: true });
    expect((await simulator.call("DELETE", `/v2/droplets/${id}`)).status).toBe(404);
    expect((await simulator.call("POST", `/v2/droplets/${id}/actions`, { type: "reboot" })).status).toBe(404);
    simulator.clock.advance(5_000);
    expect((await simulator.call("GET", `/v2/droplets/${id}`)).status).toBe(404);
    expect(simulator.state.actions()).toMatchObject([{ type: "destroy", status: "completed" }]);
  });

  it("must not be busy", async () => {
    const simulator = await simulated();
    const id = await created(simulator);
    const { status, body } = await simulator.call("DELETE", `/v2/droplets/${id}`);
    expect([status, body["message"]]).toEqual([422, "Droplet already has a pending event."]);
    expect(simulator.state.droplet(id)).toMatchObject({ status: "new" });
  });

  it("may be one of all that bear a tag, busy or not", async () => {
    const simulator = await simulated({ times: { destroyMs: 0 } });
    await created(simulator, { tags: ["old"] });
    simulator.panel.addDroplet({ name: "stays" });
    expect((await simulator.call("DELETE", "/v2/droplets?tag_name=never")).status).toBe(404);
    expect((await simulator.call("DELETE", "/v2/droplets?tag_name=old")).status).toBe(204);
    expect(simulator.state.droplets()).toMatchObject([{ name: "stays" }]);
  });
});
