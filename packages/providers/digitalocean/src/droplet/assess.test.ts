import { describe, expect, it } from "vitest";
import { all, ctx, failureOf, freshAccount, MARK, SMALL } from "../test/account.ts";
import type { DropletProperties } from "./properties.ts";

async function assessed(is: Partial<DropletProperties>, want: Partial<DropletProperties>) {
  const { droplets } = await freshAccount();
  const { id } = await droplets.create({ ...SMALL, ...is }, MARK, ctx);
  const from = await droplets.read?.(id, ctx);
  return droplets.assess?.(from, { ...SMALL, ...is, ...want }, ctx);
}

describe("what a droplet would mean", () => {
  it("is its price, where it is to be made", async () => {
    const { droplets } = await freshAccount();
    expect(await droplets.assess?.(undefined, SMALL, ctx)).toEqual({ price: { after: 6 } });
  });

  it("is refused where there is no such size, or it is not sold there", async () => {
    const { droplets, simulator } = await freshAccount();
    const misspelt = await failureOf(
      Promise.resolve(droplets.assess?.(undefined, { ...SMALL, size: "s-1vpcu-1gb" }, ctx)),
    );
    expect(misspelt.message).toBe("DigitalOcean has no size s-1vpcu-1gb (did you mean `s-1vcpu-1gb`?)");
    const elsewhere = { ...SMALL, size: "c-2", region: "lon1" };
    const unsold = await failureOf(Promise.resolve(droplets.assess?.(undefined, elsewhere, ctx)));
    expect(unsold).toMatchObject({ kind: "invalid", message: "c-2 is not sold in lon1: it is sold in nyc3, fra1" });
    expect(await failureOf(Promise.resolve(droplets.validate?.({ ...SMALL, size: "s-9" })))).toMatchObject({
      kind: "invalid",
    });
    await droplets.validate?.(elsewhere);
    expect(simulator.count("POST")).toBe(0);
  });
});

describe("what a change of a droplet would mean", () => {
  it("is nothing but the price where nothing special is known of it", async () => {
    expect(await assessed({}, { name: "web-2" })).toEqual({ price: { before: 6, after: 6 } });
  });

  it("is a restart, minutes of absence and another price for another size", async () => {
    expect(await assessed({}, { size: "s-2vcpu-4gb" })).toEqual({
      effects: {
        size: {
          effect: "restart",
          reason:
            "it is shut down for it, and switched on again; its disk of 25 GB stays as it is, so that it can go back",
        },
      },
      downtimeMs: 180_000,
      price: { before: 6, after: 24 },
    });
  });

  it("is impossible where a disk would have to shrink, or the size is not sold there", async () => {
    expect((await assessed({ size: "s-2vcpu-4gb" }, { size: "s-1vcpu-1gb" }))?.effects?.["size"]).toEqual({
      effect: "impossible",
      reason: "its disk has 80 GB and s-1vcpu-1gb has 25 GB: a disk cannot shrink",
      next: "Choose a size with at least 80 GB, or have another droplet: declare it under another name.",
    });
    expect((await assessed({ region: "lon1" }, { size: "c-2" }))?.effects?.["size"]).toMatchObject({
      effect: "impossible",
      reason: "c-2 is not sold in lon1: it is sold in nyc3, fra1",
    });
    expect((await assessed({ size: "c-2" }, { region: "lon1" }))?.effects?.["region"]).toMatchObject({
      effect: "impossible",
    });
    expect((await assessed({}, { region: "lon1" }))?.effects).toBeUndefined();
  });

  it("is no shrinking disk where another droplet is made anyway", async () => {
    const smaller = { size: "s-1vcpu-1gb", ipv6: false };
    const large = { size: "s-2vcpu-4gb", ipv6: true };
    expect(await assessed(large, { ...smaller, region: "lon1" })).toEqual({ price: { before: 24, after: 6 } });
    expect(await assessed(large, { ...smaller, image: "fedora-42-x64" })).toEqual({ price: { before: 24, after: 6 } });
    const { droplets } = await freshAccount();
    const digests = { user_data: "1" };
    const { id } = await droplets.create({ ...SMALL, ...large }, MARK, { ...ctx, digests });
    const from = await droplets.read?.(id, ctx);
    const want = { ...SMALL, ...smaller };
    const anew = await droplets.assess?.(from, want, { ...ctx, digests: { user_data: "2" } });
    expect(anew).toEqual({ price: { before: 24, after: 6 } });
    const same = await droplets.assess?.(from, want, { ...ctx, digests });
    expect(same?.effects).toMatchObject({ size: { effect: "impossible" }, ipv6: { effect: "impossible" } });
  });

  it("can never be taken back for IPv6, and is impossible the other way", async () => {
    expect((await assessed({}, { ipv6: true }))?.effects?.["ipv6"]).toMatchObject({
      effect: "in-place",
      irreversible: true,
    });
    expect((await assessed({ ipv6: true }, { ipv6: false }))?.effects?.["ipv6"]).toEqual({
      effect: "impossible",
      reason: "IPv6 cannot be switched off once a droplet has it",
      next: "Leave it as it is, or have another droplet without it: declare it under another name.",
    });
    expect((await assessed({ private_networking: true }, { private_networking: false }))?.effects).toMatchObject({
      private_networking: { effect: "impossible" },
    });
  });

  it("is no replacement of a droplet that was not made here, only because nobody noted its image", async () => {
    const account = await freshAccount();
    const { droplets, simulator } = account;
    const { id } = simulator.panel.addDroplet({ name: "web-1" });
    const from = () => droplets.read?.(String(id), ctx);
    const image = { ...SMALL, image: 4001 };
    expect((await droplets.assess?.(await from(), image, ctx))?.effects?.["image"]).toMatchObject({
      effect: "in-place",
    });
    simulator.panel.moveSlug("debian-12-x64");
    expect((await droplets.assess?.(await from(), SMALL, ctx))?.effects?.["image"]).toMatchObject({
      effect: "in-place",
    });
    expect((await droplets.assess?.(await from(), { ...SMALL, image: 4002 }, ctx))?.effects).toBeUndefined();
    const seen = await from();
    if (seen !== undefined) await droplets.update?.(seen, SMALL, ctx);
    expect((await from())?.properties).toMatchObject({ image: "debian-12-x64" });
  });
});

describe("a plan over 1,000 droplets", () => {
  it("asks for five pages of droplets and one of sizes, and for nothing else", async () => {
    const { droplets, simulator } = await freshAccount();
    for (let number = 0; number < 1_000; number++) simulator.panel.addDroplet({ name: `web-${number}` });
    const found = await all(droplets.list({}, ctx));
    expect(found).toHaveLength(1_000);
    const want = { ...SMALL, size: "s-2vcpu-4gb" };
    await Promise.all(found.map((from) => droplets.assess?.(from, want, ctx)));
    for (const from of found.slice(0, 10)) await droplets.assess?.(from, want, ctx);
    expect(simulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      ...Array.from({ length: 5 }, () => "GET /v2/droplets"),
      "GET /v2/sizes",
    ]);
  });
});
