import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { StackPlan } from "@muster/model";
import { describe, expect, it, onTestFinished } from "vitest";
import { defineStack, flavors, resource, types, z } from "../index.ts";
import { simulate } from "./index.ts";
import { ovens } from "./ovens.test-support.ts";

/** `effect ADDRESS`. */
function stepsOf({ resources }: StackPlan): readonly string[] {
  return (resources?.steps ?? []).map(({ address, effect }) => `${effect} ${address}`);
}

describe("a task", () => {
  const stack = (content: string) =>
    defineStack({
      stack: "shop",
      resources: [
        resource.file("/etc/app.conf", { content, notify: "command.reload" }),
        resource.command("init", { command: ["/bin/false"], creates: "/var/lib/app" }),
        resource.command("reload", { command: ["/bin/false"], refreshOnly: true }),
      ],
    });

  it("is due once, and then when it is told; nobody carries it out", async () => {
    const world = await simulate(stack("a"));
    expect(stepsOf(await world.plan())).toEqual([
      "create file./etc/app.conf",
      "run command.init",
      "refresh command.reload",
    ]);
    await world.apply();
    expect(world.ran("command").map(({ id }) => id)).toEqual(["init", "reload"]);
    expect(stepsOf(await world.plan())).toEqual([]);
    await world.apply(stack("b"));
    expect(world.ran("command").map(({ id }) => id)).toEqual(["init", "reload", "reload"]);
  });
});

describe("a group", () => {
  const stack = (version: string, size = 3) =>
    defineStack({
      stack: "shop",
      groups: {
        web: {
          size,
          template: types.process({ command: "/bin/false", args: [version], env: { PORT: "${self.port}" } }),
          flavor: flavors.http({ url: "http://127.0.0.1:${self.port}/" }),
          rollout: { canary: 1, bake: "2h" },
        },
      },
    });

  it("is made, and changed through its canary, in the time of the world", async () => {
    const world = await simulate(stack("v1"));
    await world.apply();
    expect(world.things("process")).toHaveLength(3);
    const ports = world.things("process").map(({ properties }) => Object(properties["env"])["PORT"]);
    expect(new Set(ports).size).toBe(3);
    const plan = await world.plan(stack("v2"));
    expect(plan.groups[0]?.steps).toMatchObject([
      { effect: "replace", count: 1 },
      { effect: "replace", count: 2, awaits: { kind: "bake" } },
    ]);
    await world.apply(stack("v2"));
    expect(world.things("process").map(({ properties }) => properties["args"])).toEqual([["v2"], ["v2"], ["v2"]]);
    const [from, to] = [world.events().at(0)?.at ?? 0, world.events().at(-1)?.at ?? 0];
    expect(to - from).toBeGreaterThan(2 * 3_600_000);
  });

  it("stops where somebody has to say more, and is made whole again when members go", async () => {
    const waiting = defineStack({
      stack: "shop",
      groups: {
        web: { size: 2, template: types.droplet({ ...small, name: "web-${self.slot}" }), rollout: { canary: 1 } },
      },
    });
    const world = await simulate(waiting);
    await world.apply();
    world.destroy("droplet", "droplet-1");
    await world.pass("10m");
    expect(world.things("droplet").map(({ id }) => id)).toEqual(["droplet-2", "droplet-3"]);
    const other = defineStack({
      stack: "shop",
      groups: {
        web: {
          size: 2,
          template: types.droplet({ ...small, image: "debian-13-x64", name: "web-${self.slot}" }),
          rollout: { canary: 1 },
        },
      },
    });
    await world.apply(other);
    expect(world.things("droplet").map(({ properties }) => properties["image"])).toEqual([
      "debian-12-x64",
      "debian-13-x64",
    ]);
    expect(world.groups()).toMatchObject([{ status: { rollout: { phase: "canary" } } }]);
    await world.destroyStack();
    expect(world.things("droplet")).toEqual([]);
  });

  it("is not as declared where its flavor says that its members fail", async () => {
    const sick = {
      ...{ name: "sick", summary: "never well", schema: z.record(z.string(), z.json()), effects: {} },
      health: async () => ({ kind: "fail", reason: "it coughs" }) as const,
    };
    const ill = defineStack({
      stack: "shop",
      groups: {
        web: { size: 1, template: types.droplet({ ...small, name: "a" }), flavor: flavors.plugin("sick", {}) },
      },
    });
    const world = await simulate(ill, { flavors: [sick] });
    await expect(world.apply()).rejects.toMatchObject({ code: "group.not-converged" });
  });

  it("is named by files that follow it, and nothing is run for them", async () => {
    const front = defineStack({
      stack: "shop",
      resources: [
        resource.file("/etc/web.conf", {
          content: "{{#each groups.web}}server 127.0.0.1:{{port}};\n{{/each}}",
          check: { command: ["/bin/false", "${file}"] },
          notify: { command: ["/bin/false"] },
        }),
      ],
      groups: { web: { size: 2, template: types.process({ command: "/bin/false", env: { PORT: "${self.port}" } }) } },
    });
    const world = await simulate(front);
    await world.apply();
    const [file, ...others] = world.things("file");
    expect(others).toEqual([]);
    expect(String(file?.properties["content"]).match(/127\.0\.0\.1:\d+/g)).toHaveLength(2);
    expect(existsSync("/etc/web.conf")).toBe(false);
  });
});

const small = { region: "lon1", size: "s-1vcpu-1gb", image: "debian-12-x64" };

describe("a type that a plugin brings", () => {
  const oven = (name: string, entry: object) =>
    defineStack({ stack: "bakery", resources: [resource.plugin("oven", name, { ...entry })] });

  it("is what it says of itself", async () => {
    const world = await simulate(oven("big", { place: "left", heat: 200, racks: ["a", "b"], pin: "1234" }), {
      types: ovens.types,
    });
    await world.apply();
    expect(world.things("oven")).toEqual([
      {
        id: "oven-1",
        properties: {
          ...{ label: "big", place: "left", heat: 200, racks: ["a", "b"], pin: "1234", door: "closed" },
          ...{ serial: "serial of oven-1", address: "192.0.2.1", state: "cold", uses: 1 },
        },
      },
    ]);
    expect(ovens.opened()).toBe(0);
    const changed = async (entry: object) => stepsOf(await world.plan(oven("big", entry)));
    const same = { place: "left", heat: 200, racks: ["b", "a"], pin: "1234" };
    expect(await changed(same)).toEqual([]);
    expect(await changed({ ...same, heat: 250 })).toEqual(["in-place oven.big"]);
    expect(await changed({ ...same, pin: "4321" })).toEqual(["in-place oven.big"]);
    const moved = await world.plan(oven("big", { ...same, place: "right" }));
    expect(moved.resources?.steps).toMatchObject([
      { effect: "in-place", held: { reason: "needs-consent" }, changes: [{ property: "place", irreversible: true }] },
    ]);
  });

  it("knows again what it never shows by its digest, also after it was changed", async () => {
    const world = await simulate(oven("big", { place: "left", pin: "1234" }), { types: ovens.types });
    await world.apply();
    await world.apply(oven("big", { place: "left", pin: "4321" }));
    expect(world.things("oven")[0]?.properties["pin"]).toBe("4321");
    expect(stepsOf(await world.plan())).toEqual([]);
    // Nobody can see that it was changed by hand.
    world.change("oven", "oven-1", { pin: "0000" });
    expect(stepsOf(await world.plan())).toEqual([]);
  });

  it("is refused with every mistake, before anything is made", async () => {
    await expect(simulate(oven("big", { place: "middle", hat: 1 }), { types: ovens.types })).rejects.toMatchObject({
      errors: [{ code: "declaration.bad-property" }, { code: "declaration.unknown-key" }],
    });
    await expect(simulate(oven("big", { place: "left" }))).rejects.toThrow("there is no type `oven`");
  });

  it("keeps apart what cannot be in one place", async () => {
    const two = defineStack({
      stack: "bakery",
      resources: [resource.plugin("oven", "a", { place: "left" })],
      groups: { more: { size: 1, template: types.plugin("oven", { label: "b", place: "left" }) } },
    });
    const world = await simulate(two, { types: ovens.types });
    await expect(world.apply()).rejects.toThrow(/cannot be beside/);
    expect(world.things("oven")).toHaveLength(1);
  });

  it("has things of its own in each account", async () => {
    const kitchens = defineStack({
      stack: "bakery",
      providers: { north: { type: "oven", room: "north" }, south: { type: "oven", room: "south" } },
      resources: [
        resource.plugin("oven", "a", { place: "left", provider: "north" }),
        resource.plugin("oven", "b", { label: "a", place: "left", provider: "south" }),
      ],
    });
    const world = await simulate(kitchens, { types: ovens.types });
    await world.apply();
    expect(world.things("oven").map(({ properties }) => properties["label"])).toEqual(["a", "a"]);
    expect(stepsOf(await world.plan())).toEqual([]);
    const slip = defineStack({ stack: "bakery", providers: { oven: { rom: "north" } }, groups: {} });
    await expect(simulate(slip, { types: ovens.types })).rejects.toThrow("did you mean `room`?");
  });
});

describe("what is declared no longer", () => {
  const files = (names: readonly string[], more: { readonly purge?: { readonly file: "destroy" } } = {}) =>
    defineStack({ stack: "shop", resources: names.map((name) => resource.file(name, { content: "" })), ...more });

  it("is left alone, until somebody asks for it to be destroyed", async () => {
    const world = await simulate(files(["/a", "/b"]));
    await world.apply();
    const plan = await world.apply(files(["/a"]));
    expect(plan.resources?.released).toEqual([{ address: "file./b", protect: false }]);
    expect(world.things("file").map(({ id }) => id)).toEqual(["/a", "/b"]);
    await world.apply(undefined, { prune: true });
    expect(world.things("file").map(({ id }) => id)).toEqual(["/a"]);
  });

  it("and what nobody has declared is purged where the stack says so", async () => {
    const world = await simulate(files(["/a"], { purge: { file: "destroy" } }));
    world.make("file", { path: "/stray", content: "" });
    expect(stepsOf(await world.plan())).toEqual(["create file./a", "destroy file./stray"]);
    await world.apply();
    expect(world.things("file").map(({ id }) => id)).toEqual(["/a"]);
  });

  it("is never destroyed while it is protected", async () => {
    const world = await simulate(
      defineStack({ stack: "shop", resources: [resource.file("/a", { content: "", protect: true })] }),
    );
    await world.apply();
    await expect(world.destroyStack()).rejects.toMatchObject({ code: "resource.protected" });
    await expect(
      world.apply(defineStack({ stack: "shop", resources: [resource.file("/a", { ensure: "absent" })] })),
    ).resolves.toBeDefined();
    expect(world.things("file")).toEqual([]);
  });
});

describe("a declaration in a file", () => {
  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "muster-sdk-"));
    onTestFinished(() => rm(path, { recursive: true }));
    return path;
  }

  it("is read where it lies, in any of its languages", async () => {
    const dir = await folder();
    await writeFile(join(dir, "shop.yaml"), "stack: shop\nresources: { file: { /a: { content: hello } } }\n");
    const code = `import { defineStack, resource } from "@muster/sdk";
export default defineStack({ stack: "shop", resources: [resource.file("/a", { content: "hello" })] });\n`;
    await writeFile(join(dir, "shop.ts"), code);
    const world = await simulate(join(dir, "shop.yaml"));
    await world.apply();
    expect(stepsOf(await world.plan(pathToFileURL(join(dir, "shop.ts"))))).toEqual([]);
    expect(existsSync("/a")).toBe(false);
  });

  it("tells where in it something is wrong", async () => {
    const file = join(await folder(), "shop.yaml");
    await writeFile(file, "stack: shop\nresources:\n  file:\n    /a: { contnt: hello }\n");
    await expect(simulate(file)).rejects.toMatchObject({
      errors: [{ code: "declaration.unknown-key", place: { file, line: 4, column: 11 } }],
    });
  });
});
