import { existsSync } from "node:fs";
import type { StackPlan } from "@muster/model";
import { describe, expect, it } from "vitest";
import { defineStack, resource, type StackFile } from "../index.ts";
import { simulate } from "./index.ts";

const small = { region: "lon1", size: "s-1vcpu-1gb", image: "debian-12-x64" };

function twoDroplets(changes: { readonly tags?: readonly string[]; readonly image?: string }): StackFile {
  const each = { ...small, image: changes.image ?? small.image, tags: [...(changes.tags ?? ["web"])] };
  return defineStack({ stack: "shop", resources: [resource.droplet("a", each), resource.droplet("b", each)] });
}

/** `effect ADDRESS`, and why it is not done where it is held. */
function stepsOf({ resources }: StackPlan): readonly string[] {
  return (resources?.steps ?? []).map(({ address, effect, held }) => {
    return `${effect} ${address}${held === undefined ? "" : ` (${held.reason})`}`;
  });
}

describe("two droplets", () => {
  it("are not replaced when their tags change", async () => {
    const world = await simulate(twoDroplets({ tags: ["web"] }));
    await world.apply();
    const before = world.things("droplet").map(({ id }) => id);
    const plan = await world.plan(twoDroplets({ tags: ["web", "blue"] }));
    expect(plan.resources?.steps.filter(({ effect }) => effect === "replace")).toEqual([]);
    expect(stepsOf(plan)).toEqual(["in-place droplet.a", "in-place droplet.b"]);
    await world.apply(twoDroplets({ tags: ["web", "blue"] }));
    expect(world.things("droplet")).toMatchObject(before.map((id) => ({ id, properties: { tags: ["web", "blue"] } })));
    expect(stepsOf(await world.plan())).toEqual([]);
  });

  it("are not changed for the order of their tags", async () => {
    const world = await simulate(twoDroplets({ tags: ["web", "blue"] }));
    await world.apply();
    expect(stepsOf(await world.plan(twoDroplets({ tags: ["blue", "web"] })))).toEqual([]);
  });

  it("are made anew for another image only where somebody agrees", async () => {
    const world = await simulate(twoDroplets({}));
    await world.apply();
    const other = twoDroplets({ image: "debian-13-x64" });
    expect(stepsOf(await world.plan(other))).toEqual([
      "replace droplet.a (needs-consent)",
      "replace droplet.b (needs-consent)",
    ]);
    await expect(world.apply(other)).rejects.toMatchObject({
      errors: [{ code: "resource.needs-consent" }, { code: "resource.needs-consent" }],
    });
    expect(world.things("droplet").map(({ id }) => id)).toEqual(["droplet-1", "droplet-2"]);
    // What was refused is not what the stack is from now on.
    expect(stepsOf(await world.plan())).toEqual([]);
    await world.apply(other, { allow: ["replace"] });
    expect(world.things("droplet").map(({ id }) => id)).toEqual(["droplet-3", "droplet-4"]);
  });

  it("are made in the same way every time", async () => {
    const run = async () => {
      const world = await simulate(twoDroplets({}));
      const plan = await world.apply();
      await world.pass("1h");
      return { plan, things: world.things("droplet"), events: world.events() };
    };
    expect(await run()).toEqual(await run());
  });
});

describe("what somebody else does", () => {
  it("is drift, and put right by the next apply", async () => {
    const world = await simulate(twoDroplets({}));
    await world.apply();
    world.change("droplet", "droplet-1", { tags: ["mine"] });
    world.destroy("droplet", "droplet-2");
    const plan = await world.plan();
    expect(stepsOf(plan)).toEqual(["in-place droplet.a", "create droplet.b"]);
    expect(plan.resources?.steps.map(({ cause }) => cause)).toEqual(["corrective", "corrective"]);
    await world.apply();
    expect(world.things("droplet")).toMatchObject([
      { id: "droplet-1", properties: { tags: ["web"] } },
      { id: "droplet-3", properties: { name: "b" } },
    ]);
  });

  it("is put right as time passes", async () => {
    const world = await simulate(twoDroplets({}));
    await world.apply();
    world.change("droplet", "droplet-1", { size: "s-2vcpu-4gb" });
    await world.pass("5m");
    expect(world.things("droplet")[0]?.properties["size"]).toBe("s-1vcpu-1gb");
    expect(world.resources().map(({ state }) => state)).toEqual(["kept", "kept"]);
  });

  it("is only reported where the declaration says so", async () => {
    const world = await simulate({
      stack: "shop",
      resources: [resource.droplet("a", { ...small, tags: ["web"], onDrift: "report" })],
    });
    await world.apply();
    world.change("droplet", "droplet-1", { tags: ["mine"] });
    expect(stepsOf(await world.plan())).toEqual(["in-place droplet.a (reported)"]);
    await world.apply();
    expect(world.things("droplet")).toMatchObject([{ properties: { tags: ["mine"] } }]);
    expect(world.resources()).toMatchObject([{ state: "drifted" }]);
  });

  it("can be taken in, and is destroyed with nothing that was not", async () => {
    const world = await simulate(twoDroplets({}));
    const a = world.make("droplet", { name: "a", ...small, tags: ["mine"] });
    const other = world.make("droplet", { name: "other", ...small });
    expect(stepsOf(await world.plan())).toEqual(["adopt droplet.a", "create droplet.b"]);
    await world.apply();
    expect(world.things("droplet")).toMatchObject([{ id: a, properties: { tags: ["web"] } }, { id: other }, {}]);
    await world.destroyStack();
    expect(world.things("droplet").map(({ id }) => id)).toEqual([other]);
  });

  it("is told apart from what cannot be", async () => {
    const world = await simulate(twoDroplets({}));
    await world.apply();
    const thrown = (act: () => unknown) => expect(act).toThrow(expect.objectContaining({ code: expect.any(String) }));
    thrown(() => world.change("droplet", "droplet-9", {}));
    expect(() => world.destroy("droplet", "droplet-9")).toThrow("there is no droplet `droplet-9`");
    expect(() => world.things("dropelt")).toThrow("did you mean `droplet`?");
    expect(() => world.make("droplet", { name: "c" })).toThrow("region");
    world.make("file", { path: "/a", content: "" });
    expect(() => world.make("file", { path: "/a", content: "" })).toThrow("/a is there already");
    await expect(world.plan({ ...twoDroplets({}), stack: "other" })).rejects.toMatchObject({ code: "usage.bad-value" });
    expect(() => world.pass("5 minutes" as "5m")).toThrow("5 minutes");
  });
});

describe("values", () => {
  const web = resource.droplet("web", small);
  const stack = defineStack({
    stack: "shop",
    resources: [web, resource.file("/etc/shop.conf", { content: `listen ${web.out.public_address}\n` })],
  });

  it("of what is made come from the ranges of documentation", async () => {
    const world = await simulate(stack);
    const plan = await world.plan();
    const change = plan.resources?.steps.at(-1)?.changes.find(({ property }) => property === "content");
    expect(change).toMatchObject({ unknown: "${droplet.web.public_address}" });
    await world.apply();
    expect(world.things("file")).toMatchObject([
      { id: "/etc/shop.conf", properties: { content: "listen 192.0.2.1\n" } },
    ]);
    expect(world.things("droplet")[0]?.properties).toMatchObject({
      ...{ private_address: "10.0.0.1", public_address_ipv6: "2001:db8::1", price_monthly: 1 },
    });
    expect(existsSync("/etc/shop.conf")).toBe(false);
  });

  it("can be made another by hand, and whoever rests on them follows", async () => {
    const world = await simulate(stack);
    await world.apply();
    world.change("droplet", "droplet-1", { public_address: "203.0.113.7" });
    expect(stepsOf(await world.plan())).toEqual(["in-place file./etc/shop.conf"]);
  });

  it("that are secrets are read by nobody, and shown by nobody", async () => {
    const secret = (name: string) => ({
      secret: { command: ["touch", `/tmp/never-${name}`] as [string, ...string[]] },
    });
    const withSecret = (name: string) =>
      defineStack({ stack: "shop", resources: [resource.droplet("a", { ...small, user_data: secret(name) })] });
    const world = await simulate(withSecret("a"));
    const told = JSON.stringify(await world.apply());
    expect(told).not.toContain("never-a");
    expect(world.things("droplet")[0]?.properties["user_data"]).toContain("simulated");
    expect(existsSync("/tmp/never-a")).toBe(false);
    expect(stepsOf(await world.plan())).toEqual([]);
    expect(stepsOf(await world.plan(withSecret("b")))).toEqual(["replace droplet.a (needs-consent)"]);
    const told2 = await simulate(withSecret("a"), { secret: () => "#cloud-config" });
    await told2.apply();
    expect(told2.things("droplet")[0]?.properties["user_data"]).toBe("#cloud-config");
  });
});
