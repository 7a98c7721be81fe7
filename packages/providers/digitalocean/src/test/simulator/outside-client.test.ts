/** A client that others wrote for DigitalOcean itself, on the simulator: it must not notice where it is. */
import { createApiClient } from "dots-wrapper";
import { expect, it, vi } from "vitest";
import { publicKey } from "../keys.ts";
import { type Simulated, simulated } from "../simulated.ts";

type Client = ReturnType<typeof createApiClient>;

async function opened(): Promise<{ readonly simulator: Simulated; readonly client: Client }> {
  // The loopback is reached without a proxy, whatever the machine's own settings say.
  vi.stubEnv("NO_PROXY", "127.0.0.1");
  const simulator = await simulated({ tickPerRequestMs: 10_000 });
  const client = createApiClient({ endpoint: `${simulator.url}/v2`, token: simulator.token });
  return { simulator, client };
}

/** Asks until the action has ended; the simulator's time passes with each question. */
async function ended(client: Client, action_id: number): Promise<string> {
  for (;;) {
    const { data } = await client.action.getAction({ action_id });
    if (data.action.status !== "in-progress") return data.action.status;
  }
}

it("makes a droplet, resizes it and destroys it", async () => {
  const { client, simulator } = await opened();
  const key = await client.sshKey.createSshKey({ name: "ann", public_key: publicKey("ann") });
  const made = await client.droplet.createDroplet({
    name: "web-1",
    region: "fra1",
    size: "s-1vcpu-1gb",
    image: "debian-13-x64",
    ssh_keys: [key.data.ssh_key.id],
    tags: ["web"],
    ipv6: true,
  });
  expect([made.status, made.data.droplet.status]).toEqual([202, "new"]);
  const droplet_id = made.data.droplet.id;
  for (const link of simulator.state.actions()) expect(await ended(client, link.id)).toBe("completed");

  const off = await client.droplet.powerOffDroplet({ droplet_id });
  expect(await ended(client, off.data.action.id)).toBe("completed");
  const resized = await client.droplet.resizeDroplet({ droplet_id, size: "s-2vcpu-4gb", disk: false });
  expect(await ended(client, resized.data.action.id)).toBe("completed");
  const on = await client.droplet.powerOnDroplet({ droplet_id });
  expect(await ended(client, on.data.action.id)).toBe("completed");

  const listed = await client.droplet.listDroplets({ tag_name: "web", per_page: 200 });
  expect(listed.data.droplets).toMatchObject([
    { id: droplet_id, status: "active", size_slug: "s-2vcpu-4gb", disk: 25, region: { slug: "fra1" } },
  ]);

  expect((await client.droplet.deleteDroplet({ droplet_id })).status).toBe(204);
  await expect(client.droplet.getDroplet({ droplet_id })).rejects.toMatchObject({ response: { status: 404 } });
});

it("hears what is wrong", async () => {
  const { client } = await opened();
  const wrong = client.droplet.createDroplet({ name: "a", region: "lon1", size: "c-2", image: "debian-13-x64" });
  await expect(wrong).rejects.toMatchObject({
    response: { status: 422, data: { message: "Size is not available in this region." } },
  });
});

it("keeps a domain with a record", async () => {
  const { client, simulator } = await opened();
  await client.domain.createDomain({ name: "example.com", ip_address: "198.51.100.7" });
  await client.domain.createDomainRecord({ domain_name: "example.com", type: "TXT", name: "@", data: "hello" });
  const { data } = await client.domain.listDomainRecords({ domain_name: "example.com", per_page: 200 });
  expect(data.domain_records.map(({ type }) => type)).toEqual(["SOA", "NS", "NS", "NS", "A", "TXT"]);
  await client.domain.deleteDomain({ name: "example.com" });
  expect(simulator.state.domains()).toEqual([]);
});
