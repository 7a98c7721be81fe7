/** Changes of a droplet that is there, on the simulator of the API. */
import type { Observed } from "@muster/model";
import { describe, expect, it } from "vitest";
import { ctx, failureOf, freshAccount, MARK, type Opened, SMALL, seen } from "../test/account.ts";
import type { SimulatorOptions } from "../test/simulator/index.ts";
import type { DropletProperties } from "./properties.ts";

async function made(more: Partial<DropletProperties> = {}, options: SimulatorOptions = {}) {
  const account = await freshAccount(options);
  const { id } = await account.droplets.create({ ...SMALL, ...more }, MARK, ctx);
  return { account, id };
}

async function change({ droplets }: Opened, id: string, to: Partial<DropletProperties>): Promise<void> {
  const from = await droplets.read?.(id, ctx);
  if (from === undefined) throw new Error(`droplet ${id} is gone`);
  await droplets.update?.(from, { ...SMALL, ...to }, ctx);
}

/** What was begun on droplets, in order. */
function begun({ simulator }: Opened): readonly string[] {
  const actions = simulator.requests.filter(({ method, path, status }) => {
    return method === "POST" && path.endsWith("/actions") && status === 201;
  });
  return actions.map(({ body }) => String(Object(body).type));
}

describe("a change in place", () => {
  it("renames, backs up, gives IPv6 and tags, and leaves the rest", async () => {
    const { account, id } = await made({ tags: ["old", "stays"] });
    const before = await seen(account, id);
    await change(account, id, { name: "web-2", backups: true, ipv6: true, tags: ["stays", "new"] });
    const after = await seen(account, id);
    expect(after.tags).toEqual(MARK);
    expect(after.properties).toMatchObject({ name: "web-2", backups: true, ipv6: true, tags: ["stays", "new"] });
    expect(after.properties["public_address"]).toBe(before.properties["public_address"]);
    expect(after.properties["public_address_ipv6"]).toBe("2001:db8::1");
    await change(account, id, { name: "web-2", backups: false });
    expect((await seen(account, id)).properties).toMatchObject({ backups: false, ipv6: true, tags: ["stays", "new"] });
    expect(begun(account)).toEqual(["rename", "enable_backups", "enable_ipv6", "disable_backups"]);
  });

  it("of nothing that is declared otherwise touches nothing: what is not declared is not managed", async () => {
    const { account, id } = await made({ backups: true, ipv6: true, tags: ["web"] });
    await change(account, id, {});
    expect(begun(account)).toEqual([]);
    expect((await seen(account, id)).properties).toMatchObject({ backups: true, ipv6: true, tags: ["web"] });
  });

  it("of private networking goes one way only, as that of IPv6", async () => {
    const { account, id } = await made({}, { everyDropletInVpc: false });
    await change(account, id, { private_networking: true });
    expect((await seen(account, id)).properties).toMatchObject({ private_networking: true });
    const failure = await failureOf(change(account, id, { private_networking: false, name: "other" }));
    expect(failure).toMatchObject({ kind: "invalid" });
    expect(failure.message).toContain("private networking of droplet");
    expect((await seen(account, id)).properties).toMatchObject({ name: "web-1" });
  });

  it("that is refused is not reported as done", async () => {
    const { account, id } = await made();
    const message = "The region nyc3 does not support ipv6.";
    account.simulator.faults.onRequest({ kind: "refused", message, method: "POST" });
    const failure = await failureOf(change(account, id, { ipv6: true }));
    expect(failure).toMatchObject({
      kind: "invalid",
      message: `enable_ipv6 cannot be begun on droplet ${id}: ${message}`,
    });
  });

  it("waits until somebody else's action on the same droplet has ended", async () => {
    const { account, id } = await made();
    await account.simulator.call("POST", `/v2/droplets/${id}/actions`, { type: "snapshot" });
    await change(account, id, { name: "web-2" });
    expect(begun(account)).toEqual(["snapshot", "rename"]);
  });

  it("follows another, however many are asked for at once", async () => {
    const { account, id } = await made();
    const names = ["web-2", "web-3", "web-4"];
    await Promise.all(names.map((name) => change(account, id, { name })));
    expect(account.simulator.requests.filter(({ status }) => status === 422)).toEqual([]);
    expect(begun(account)).toEqual(["rename", "rename", "rename"]);
  });

  it("of a droplet that is gone is an error", async () => {
    const { account, id } = await made();
    const from = await seen(account, id);
    account.simulator.panel.destroy(Number(id));
    const want = { ...SMALL, name: "web-2" };
    const gone: Observed<DropletProperties> = { ...from, properties: SMALL };
    const failure = await failureOf(Promise.resolve(account.droplets.update?.(gone, want, ctx)));
    expect(failure).toMatchObject({ kind: "retryable", message: `droplet ${id} is not there any more` });
  });
});

describe("another size", () => {
  const LARGER = { size: "s-1vcpu-2gb" };

  it("is had by shutting down, changing, and switching on; the disk stays", async () => {
    const { account, id } = await made();
    await change(account, id, LARGER);
    expect(begun(account)).toEqual(["shutdown", "resize", "power_on"]);
    const found = await seen(account, id);
    expect(found).toMatchObject({ phase: "running", tags: MARK });
    expect(found.properties).toMatchObject({ ...LARGER, disk: 25, price_monthly: 12, status: "active" });
    // And back again, as the disk did not grow.
    await change(account, id, {});
    expect((await seen(account, id)).properties).toMatchObject({ size: SMALL.size });
  });

  it("cuts the power of one whose system does not shut down in time", async () => {
    const { account, id } = await made();
    account.simulator.faults.onAction("shutdown", { kind: "unheard" });
    await change(account, id, LARGER);
    expect(begun(account)).toEqual(["shutdown", "power_off", "resize", "power_on"]);
  });

  it("leaves one off that was off", async () => {
    const account = await freshAccount();
    const { id } = account.simulator.panel.addDroplet({ name: "web-1", status: "off" });
    await change(account, String(id), LARGER);
    expect(begun(account)).toEqual(["resize"]);
    expect(account.simulator.state.droplet(id)).toMatchObject({ status: "off", size: "s-1vcpu-2gb" });
  });

  it.each([
    ["errored", (account: Opened) => account.simulator.faults.onAction("resize", { kind: "errored" })],
    [
      "was refused",
      (account: Opened) => {
        const message = "The host of this droplet has no room for it.";
        account.simulator.faults.onRequest({ kind: "refused", message, method: "POST", path: /actions$/, after: 1 });
      },
    ],
    [
      "was answered by nobody",
      (account: Opened) => {
        const broken = { kind: "lost-request", method: "POST", path: /actions$/, after: 1 } as const;
        account.simulator.faults.onRequest(broken);
      },
    ],
  ])("that %s leaves it switched on, and is an error", async (_, goWrong) => {
    const { account, id } = await made();
    goWrong(account);
    await failureOf(change(account, id, LARGER));
    expect(account.simulator.state.droplet(Number(id))).toMatchObject({ status: "active", size: SMALL.size });
    expect(await seen(account, id)).toMatchObject({ phase: "running", properties: { size: SMALL.size } });
  });

  it("takes a few tries to switch it on again", async () => {
    const { account, id } = await made();
    account.simulator.faults.onAction("power_on", { kind: "errored" }, 3);
    await change(account, id, LARGER);
    expect(await seen(account, id)).toMatchObject({ phase: "running", properties: LARGER });
  });

  it("says loudly when it could not be switched on again, and makes up for it the next time", async () => {
    const { account, id } = await made();
    account.simulator.faults.onAction("power_on", { kind: "errored" }, 100);
    const failure = await failureOf(change(account, id, LARGER));
    expect(failure.message).toContain(`droplet ${id} IS SWITCHED OFF and could not be switched on again`);
    const off = await seen(account, id);
    expect(off).toMatchObject({ phase: "starting", properties: { size: "s-1vcpu-2gb (not switched on again)" } });
    account.simulator.faults.clear();
    await change(account, id, LARGER);
    expect(await seen(account, id)).toMatchObject({ phase: "running", tags: MARK, properties: LARGER });
  });

  it("is carried through though nobody waits for it any more", async () => {
    const { account, id } = await made();
    const from = await account.droplets.read?.(id, ctx);
    const over = new AbortController();
    const { simulator } = account;
    simulator.faults.onRequest({ kind: "slow", path: /actions$/, until: async () => over.abort() });
    if (from !== undefined) await account.droplets.update?.(from, { ...SMALL, ...LARGER }, { signal: over.signal });
    expect(await seen(account, id)).toMatchObject({ phase: "running", properties: LARGER });
  });
});

describe("retag", () => {
  it("puts tags over those of the same keys, and leaves the others", async () => {
    const { account, id } = await made({ tags: ["web"] });
    await account.droplets.retag?.(id, { "muster.slot": "2", added: "now" }, ctx);
    const found = await seen(account, id);
    expect(found.tags).toEqual({ ...MARK, "muster.slot": "2", added: "now" });
    expect(found.properties["tags"]).toEqual(["web"]);
  });
});
