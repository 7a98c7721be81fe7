/** From create to destroy, on the simulator of the API. */
import { describe, expect, it } from "vitest";
import { all, ctx, failureOf, freshAccount, MARK, SMALL, seen } from "../test/account.ts";
import { publicKey } from "../test/keys.ts";
import { HOST_FULL } from "../test/simulator/index.ts";

describe("a droplet that is made", () => {
  it("runs when create answers, with its addresses, its price and its mark", async () => {
    const account = await freshAccount();
    const { id } = await account.droplets.create({ ...SMALL, tags: ["web"], monitoring: true }, MARK, ctx);
    const found = await seen(account, id);
    expect(found).toMatchObject({ id, tags: MARK, phase: "running" });
    expect(found.properties).toEqual({
      ...SMALL,
      ...{ ipv6: false, private_networking: true, backups: false, monitoring: true, tags: ["web"] },
      ...{ public_address: "198.18.0.1", private_address: "10.101.0.1", price_monthly: 6, status: "active", disk: 25 },
      ...{ image_slug: "debian-12-x64", image_id: 4001, vpc_uuid: "00000000-0000-4000-8000-000000000002" },
    });
    expect(await account.droplets.read?.(id, ctx)).toEqual({ ...found, properties: found.properties });
  });

  it("is made with what was declared and with nothing else", async () => {
    const { simulator, droplets } = await freshAccount();
    await droplets.create(SMALL, {}, ctx);
    const [sent] = simulator.requests.filter(({ method }) => method === "POST");
    expect(Object.keys(sent?.body ?? {}).toSorted()).toEqual(["image", "name", "region", "size", "tags"]);
  });

  it("is told its secrets, and shows only digests of them", async () => {
    const account = await freshAccount({}, { CLOUD_CONFIG: "#cloud-config\npassword: s3cret" });
    const { simulator, droplets } = account;
    const key = await simulator.call("POST", "/v2/account/keys", { name: "me", public_key: publicKey("me") });
    const { fingerprint, id: number } = Object(key.body["ssh_key"]);
    const want = { ...SMALL, user_data: { secret: { env: "CLOUD_CONFIG" } }, ssh_keys: [fingerprint] };
    const digests = { user_data: "1".repeat(64), ssh_keys: "2".repeat(64) };
    const { id } = await droplets.create(want, MARK, { ...ctx, digests });
    const [made] = simulator.state.droplets();
    expect(made).toMatchObject({ userData: "#cloud-config\npassword: s3cret", sshKeys: [number] });
    const found = await seen(account, id);
    expect(found.digests).toEqual(digests);
    expect(JSON.stringify(found)).not.toContain("s3cret");
  });

  it("is waited for though nobody can see it at first", async () => {
    const account = await freshAccount();
    account.simulator.faults.unseenMs = 45_000;
    const { id } = await account.droplets.create(SMALL, MARK, ctx);
    expect(await account.droplets.read?.(id, ctx)).toMatchObject({ phase: "running" });
  });

  it.each([
    ["the answer is lost", { kind: "lost-answer" }, 1],
    ["the API fails after it has begun", { kind: "error-after" }, 1],
    ["a gateway answers", { kind: "html", status: 504 }, 0],
  ] as const)("may be there when %s, and is known again by its tags", async (_, fault, count) => {
    const { simulator, droplets } = await freshAccount();
    simulator.faults.onRequest({ ...fault, method: "POST", path: /droplets$/ });
    expect(await failureOf(droplets.create(SMALL, MARK, ctx))).toMatchObject({ kind: "unknown" });
    expect(simulator.count("POST")).toBe(1);
    const listed = await all(droplets.list({ "muster.stack": "shop", "muster.intent": "5f2a" }, ctx));
    expect(listed).toHaveLength(count);
  });

  it("may be there when it was accepted and nobody tells how it goes on", async () => {
    const { simulator, droplets } = await freshAccount();
    simulator.faults.onRequest({ kind: "error-before", method: "GET", path: /actions/, times: 100 });
    const failure = await failureOf(droplets.create(SMALL, MARK, ctx));
    expect(failure.kind).toBe("unknown");
    expect(failure.message).toMatch(/^droplet \d+ was accepted, and may be there: /);
  });

  it("and comes to nothing is removed again, and may be tried again", async () => {
    const { simulator, droplets } = await freshAccount();
    simulator.faults.onAction("create", { kind: "errored" });
    const failure = await failureOf(droplets.create(SMALL, MARK, ctx));
    expect(failure).toMatchObject({ kind: "retryable" });
    expect(failure.message).toContain("could not be made");
    expect(simulator.state.droplets()).toEqual([]);
  });

  it.each([
    ["the account is full", "creating this/these droplet(s) will exceed your droplet limit", "no-space"],
    ["the host is full", HOST_FULL, "no-space"],
    ["there is no such image", "You specified an invalid image for Droplet creation.", "invalid"],
  ] as const)("is refused when %s", async (_, message, kind) => {
    const { simulator, droplets } = await freshAccount();
    simulator.faults.onRequest({ kind: "refused", message, method: "POST" });
    const failure = await failureOf(droplets.create(SMALL, MARK, ctx));
    expect(failure).toMatchObject({ kind, message: `no droplet can be made with the name web-1: ${message}` });
  });
});

describe("droplets that are listed", () => {
  it("are all of them: also the 201st, and those of the same name", async () => {
    const { simulator, droplets } = await freshAccount();
    for (let number = 0; number < 405; number++) simulator.panel.addDroplet({ name: "web" });
    expect(await all(droplets.list({}, ctx))).toHaveLength(405);
    expect(simulator.count("GET")).toBe(3);
  });

  it("by tags are only those that bear all of them: what bears none is nobody's", async () => {
    const { simulator, droplets } = await freshAccount();
    simulator.panel.addDroplet({ name: "web-1" });
    const { id } = await droplets.create(SMALL, MARK, ctx);
    await droplets.create(SMALL, { ...MARK, "muster.owner": "other" }, ctx);
    const found = await all(droplets.list({ "muster.v": "1", "muster.stack": "shop", "muster.owner": "web" }, ctx));
    expect(found.map((each) => each.id)).toEqual([id]);
  });

  it("are asked for once, however many want to know at the same time", async () => {
    const { simulator, droplets } = await freshAccount();
    const owners = Array.from({ length: 50 }, (_, at) => ({ "muster.stack": "shop", "muster.owner": `group-${at}` }));
    await Promise.all(owners.map((by) => all(droplets.list(by, ctx))));
    expect(simulator.count("GET")).toBe(1);
    await all(droplets.list({ "muster.stack": "shop" }, ctx));
    expect(simulator.count("GET")).toBe(2);
  });

  it("are never shown by halves: a failed look is an error", async () => {
    const { simulator, droplets } = await freshAccount();
    for (let number = 0; number < 250; number++) simulator.panel.addDroplet({ name: "web" });
    simulator.faults.onRequest({ kind: "lost-request", method: "GET", after: 1, times: 10 });
    expect(await failureOf(all(droplets.list({}, ctx)))).toMatchObject({ kind: "unavailable" });
  });

  it("keep the image that was declared when its slug comes to mean another one", async () => {
    const account = await freshAccount();
    const { id } = await account.droplets.create(SMALL, MARK, ctx);
    const number = await account.droplets.create({ ...SMALL, image: 4001 }, MARK, ctx);
    account.simulator.panel.moveSlug("debian-12-x64");
    expect((await seen(account, id)).properties).toMatchObject({ image: "debian-12-x64", image_id: 4001 });
    expect((await seen(account, number.id)).properties).toMatchObject({ image: 4001 });
  });

  it("show their tags as they were declared, whatever the order and case of the API", async () => {
    const account = await freshAccount();
    await account.simulator.call("POST", "/v2/tags", { name: "PROD" });
    const { id } = await account.droplets.create({ ...SMALL, tags: ["web", "prod"] }, MARK, ctx);
    expect((await seen(account, id)).properties["tags"]).toEqual(["web", "prod"]);
    account.simulator.panel.tag(Number(id), "extra");
    expect((await seen(account, id)).properties["tags"]).toEqual(["extra", "prod", "web"]);
  });

  it("that are switched off have ended", async () => {
    const account = await freshAccount();
    const { id } = account.simulator.panel.addDroplet({ name: "web-1", status: "off" });
    expect(await seen(account, String(id))).toMatchObject({ phase: "ended", reason: "it is switched off" });
  });
});

describe("a droplet that is destroyed", () => {
  it("is gone when destroy answers, and the tag of its create with it", async () => {
    const { simulator, droplets } = await freshAccount();
    const { id } = await droplets.create(SMALL, MARK, ctx);
    const before = simulator.state.tags().length;
    await droplets.destroy(id, ctx);
    expect(await droplets.read?.(id, ctx)).toBeUndefined();
    expect(await all(droplets.list({}, ctx))).toEqual([]);
    expect(simulator.state.tags()).toHaveLength(before - 1);
    await droplets.destroy(id, ctx);
  });

  it("is destroyed once what goes on with it has ended", async () => {
    const { simulator, droplets } = await freshAccount();
    const { id } = await droplets.create(SMALL, MARK, ctx);
    await simulator.call("POST", `/v2/droplets/${id}/actions`, { type: "reboot" });
    await droplets.destroy(id, ctx);
    expect(simulator.state.droplets()).toEqual([]);
  });

  it("takes no other with it: its tags are never what is destroyed by", async () => {
    const { simulator, droplets } = await freshAccount();
    const { id } = await droplets.create(SMALL, MARK, ctx);
    const other = await droplets.create(SMALL, MARK, ctx);
    await droplets.destroy(id, ctx);
    expect(simulator.state.droplets().map((each) => String(each.id))).toEqual([other.id]);
    expect(simulator.count("DELETE", /^\/v2\/droplets$/)).toBe(0);
    // The other one bears the tag of its create still.
    expect(await all(droplets.list({ "muster.intent": "5f2a" }, ctx))).toHaveLength(1);
  });
});

describe("an account", () => {
  it("without a token is told what to set", async () => {
    const { droplets } = await freshAccount({}, { DIGITALOCEAN_TOKEN: "" });
    const failure = await failureOf(all(droplets.list({}, ctx)));
    expect(failure).toMatchObject({ kind: "denied" });
    expect(failure.message).toContain("set DIGITALOCEAN_TOKEN");
  });

  it("with a token that is not accepted, or that may only read, is told so", async () => {
    const wrong = await freshAccount({}, { DIGITALOCEAN_TOKEN: "wrong" });
    const refused = await failureOf(all(wrong.droplets.list({}, ctx)));
    expect(refused.message).toContain("the token is not accepted");
    const reading = await freshAccount({}, { DIGITALOCEAN_TOKEN: "simulated-read-only-token" });
    const failure = await failureOf(reading.droplets.create(SMALL, MARK, ctx));
    expect(failure).toMatchObject({ kind: "denied" });
    expect(failure.message).toContain("the token is without the right droplet:create");
  });

  it("whose limit of requests is used up is waited for, or told, by how long it takes", async () => {
    const { simulator, droplets } = await freshAccount();
    simulator.exhaust("minute");
    expect(await all(droplets.list({}, ctx))).toEqual([]);
    simulator.exhaust("hour");
    const failure = await failureOf(all(droplets.list({}, ctx)));
    expect(failure).toMatchObject({ kind: "retryable" });
    expect(failure.message).toContain("limit of requests is used up until");
  });
});
