import { describe, expect, it } from "vitest";
import { onlyGroup, onlyResource, resize, withoutGroup } from "./edit.ts";
import { stackOf } from "./stack.ts";
import { failuresOf, read, wordsOf } from "./testing.ts";

const shop = read(`
stack: shop
groups:
  web: { size: 3, template: { instance-file: {} } }
  db: { members: [a, b], template: { instance-file: {} } }
`).document;
const instance = '"Instance": {"Plugin": "file", "Properties": {"Note": "v1"}}';
const flavor = '"Flavor": {"Plugin": "vanilla", "Properties": {"Tags": {"a": "b"}}}';
const allocated = read(`{"ID": "cattle", "Properties": {"Allocation": {"Size": 3}, ${instance}, ${flavor}}}`).document;
const walkthrough = read(`{"id": "cattle", "properties": {${instance}, ${flavor}}}`).document;

const sizeOf = (document: typeof shop, group: string) => stackOf(document).groups[group]?.slots;

describe("a document with another size", () => {
  it("has it where the size of a Muster group is", () => {
    const resized = resize(shop, "web", 0);
    expect(sizeOf(resized, "web")).toEqual({ kind: "numbered", size: 0 });
    expect(sizeOf(resized, "db")).toEqual(sizeOf(shop, "db"));
    expect(sizeOf(shop, "web")).toEqual({ kind: "numbered", size: 3 });
  });

  it("has it in InfraKit's allocation, and the members stay what they are", () => {
    const resized = resize(allocated, "cattle", 7);
    expect(resized.data).toMatchObject({ Properties: { Allocation: { Size: 7 } } });
    expect(stackOf(resized).groups["cattle"]?.marking).toEqual(stackOf(allocated).groups["cattle"]?.marking);
  });

  it("has it in the flavor of the walk-through, though none was there, and the members stay what they are", () => {
    const resized = resize(walkthrough, "cattle", 7);
    expect(resized.data).toMatchObject({ properties: { Flavor: { Properties: { Size: 7, Tags: { a: "b" } } } } });
    expect(sizeOf(resized, "cattle")).toEqual({ kind: "numbered", size: 7 });
    const hash = (document: typeof shop) => stackOf(document).groups["cattle"]?.marking;
    expect(hash(resized)).toMatchObject({ written: (hash(walkthrough) as { written: object }).written });
  });

  it("is refused for groups that are not there, members that have names, and sizes that cannot be", async () => {
    expect(await failuresOf(() => resize(shop, "wen", 1))).toEqual(["group.not-found"]);
    expect(await failuresOf(() => resize(shop, "constructor", 1))).toEqual(["group.not-found"]);
    expect(await failuresOf(() => resize(allocated, "horses", 1))).toEqual(["group.not-found"]);
    expect(await failuresOf(() => resize(shop, "db", 1))).toEqual(["group.named-members"]);
    for (const size of [-1, 1.5, Number.NaN, 1_000_000]) {
      expect(await failuresOf(() => resize(shop, "web", size))).toEqual(["declaration.bad-size (groups.web.size)"]);
    }
  });
});

describe("a document with another size, and canaries", () => {
  const tried = read(`
stack: shop
groups:
  web: { size: 4, rollout: { canary: 2 }, template: { instance-file: {} } }
`).document;

  it("is refused where as many members as canaries would be left, with the reason and the fix", async () => {
    expect(await failuresOf(() => resize(tried, "web", 2))).toEqual([
      "declaration.policies-contradict (groups.web.rollout.canary)",
    ]);
    expect(await wordsOf(() => resize(tried, "web", 2))).toBe(
      "group `web`: `canary` is 2, and the group has 2 members: canaries are fewer than all " +
        "Write `canary: 1` at most, or let the group have more members.",
    );
  });

  it("names the file that it was declared in, where that is known", async () => {
    expect(await failuresOf(() => resize(tried, "web", 2, "shop.yaml"))).toEqual([
      "declaration.policies-contradict shop.yaml (groups.web.rollout.canary)",
    ]);
  });

  it("may have more, or none at all for a while", () => {
    expect(sizeOf(resize(tried, "web", 3), "web")).toEqual({ kind: "numbered", size: 3 });
    expect(sizeOf(resize(tried, "web", 0), "web")).toEqual({ kind: "numbered", size: 0 });
  });
});

describe("a document without a group", () => {
  it("has the others left", () => {
    const left = withoutGroup(shop, "web");
    expect(Object.keys(left === null ? {} : stackOf(left).groups)).toEqual(["db"]);
  });

  it("is nothing when it was the last, or InfraKit's only one", () => {
    const left = withoutGroup(shop, "web");
    expect(left && withoutGroup(left, "db")).toBeNull();
    expect(withoutGroup(allocated, "cattle")).toBeNull();
  });

  it("is refused when the group is not there", async () => {
    expect(await failuresOf(() => withoutGroup(shop, "horses"))).toEqual(["group.not-found"]);
  });
});

const estate = read(`
stack: estate
owner: ann
providers: { do-london: { type: cloud, token: a }, droplet: { token: b }, other: { type: cloud } }
purge: { droplet: noop }
resources:
  droplet:
    a: { provider: do-london, region: lon1, dependsOn: volume.v, notify: [task.t] }
    b: { region: "\${droplet.a.region}", protect: true }
  volume:
    v: { size: 1 }
  file:
    /etc/a.conf: { content: "{{#if groups.web}}{{/if}}", notify: { command: [reload] } }
groups:
  web: { size: 1, template: { thing: {} } }
`).document;

it("is nothing without its last group only where it has no resources", () => {
  const both = read(
    "stack: a\nresources: { file: { /a: {} } }\ngroups: { web: { size: 1, template: { thing: {} } } }",
  ).document;
  expect(withoutGroup(both, "web")?.data).toMatchObject({ resources: { file: { "/a": {} } } });
  const none = read(
    "stack: a\nresources: { file: {} }\ngroups: { web: { size: 1, template: { thing: {} } } }",
  ).document;
  expect(withoutGroup(none, "web")).toBeNull();
});

describe("a document of one resource alone", () => {
  it("has the settings that it may be opened with, and nothing that it depends on or tells", () => {
    const alone = onlyResource(estate, "droplet.a");
    expect(alone.data).toEqual({
      ...{ stack: "estate", owner: "ann", groups: {}, providers: { "do-london": { type: "cloud", token: "a" } } },
      resources: { droplet: { a: { provider: "do-london", region: "lon1" } } },
    });
    expect(stackOf(alone).resources["droplet.a"]).toMatchObject({ dependsOn: [], notify: [] });
    expect(onlyResource(estate, "droplet.b").data["providers"]).toEqual({ droplet: { token: "b" } });
    // Which of them is its family's, only its type knows.
    expect(onlyResource(estate, "volume.v").data["providers"]).toEqual(estate.data["providers"]);
  });

  it("is none of an address that it does not have", () => {
    for (const address of ["droplet.c", "droplet", "constructor.a", "droplet.constructor", "file./etc/a.conf"]) {
      expect(() => onlyResource(estate, address), address).toThrow(RangeError);
    }
  });
});

it("is a document of a group alone without resources, and what is to be purged", () => {
  expect(Object.keys(onlyGroup(estate, "web").data)).toEqual(["stack", "owner", "providers", "groups"]);
});
