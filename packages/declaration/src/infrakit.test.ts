import { GROUPS_ONLY } from "@muster/model";
import { describe, expect, it } from "vitest";
import { failuresOf, read, wordsOf } from "./testing.ts";

const failures = (text: string) => failuresOf(() => read(text));

/** A group in the walk-through's form; the flavor's properties are on line 4, and begin at column 54. */
const walkthrough = (flavor: string) => `{"ID": "cattle",
"Properties": {
  "Instance": {"Plugin": "instance-file", "Properties": {"Note": "v1"}},
  "Flavor": {"Plugin": "flavor-vanilla", "Properties": ${flavor}}}}`;

/** A group in the later form; the allocation is on line 3. */
const allocated = (allocation: string, flavor = "{}") => `{"ID": "cattle",
"Properties": {
  "Allocation": ${allocation},
  "Instance": {"Plugin": "file", "Properties": {"Note": "v1"}},
  "Flavor": {"Plugin": "vanilla", "Properties": ${flavor}}}}`;

describe("an InfraKit group of the walk-through", () => {
  it("has its size in the flavor's properties", () => {
    const flavor = '{"Size": 2, "UserData": ["echo hi"], "Labels": {"tier": "web"}}';
    expect(read(walkthrough(flavor)).stack).toEqual({
      ...GROUPS_ONLY,
      name: "cattle",
      mode: "enforce",
      providers: {},
      groups: {
        cattle: {
          name: "cattle",
          slots: { kind: "numbered", size: 2 },
          template: { name: "instance-file", properties: { properties: { Note: "v1" } } },
          flavor: { name: "flavor-vanilla", properties: { init: ["echo hi"], tags: { tier: "web" } } },
          marking: {
            kind: "infrakit",
            written: { "infrakit.config_sha": "uA11BtRiX-42q0yGLm1AO01BYMQ=" },
            accepted: expect.arrayContaining(["uA11BtRiX-42q0yGLm1AO01BYMQ="]),
          },
          rollout: {
            maxUnavailable: { kind: "count", count: 1 },
            maxSurge: { kind: "count", count: 0 },
            minReadyMs: 0,
            initialDelayMs: 0,
          },
          repair: {},
          checks: [],
        },
      },
    });
  });

  it("has one member unless told, and may have named ones", () => {
    expect(read(walkthrough("{}")).stack.groups["cattle"]?.slots).toEqual({ kind: "numbered", size: 1 });
    expect(read(walkthrough('{"LogicalIDs": ["a", "b"]}')).stack.groups["cattle"]?.slots).toEqual({
      kind: "named",
      names: ["a", "b"],
    });
  });

  it("leaves the properties of a flavor it does not know as they are", () => {
    const text = walkthrough('{"Size": 2, "Join": "x"}').replace("flavor-vanilla", "flavor-swarm");
    expect(read(text).stack.groups["cattle"]).toMatchObject({
      slots: { kind: "numbered", size: 2 },
      flavor: { name: "flavor-swarm", properties: { Size: 2, Join: "x" } },
    });
  });
});

describe("an InfraKit group with an allocation", () => {
  it("has its size there, and 0 is one", () => {
    expect(read(allocated('{"Size": 3}')).stack.groups["cattle"]?.slots).toEqual({ kind: "numbered", size: 3 });
    expect(read(allocated('{"Size": 0}')).stack.groups["cattle"]?.slots).toEqual({ kind: "numbered", size: 0 });
  });

  it("has its names there, beside the zero that InfraKit writes", () => {
    const text = allocated('{"Size": 0, "LogicalIDs": ["10.0.0.1", "bessy"]}');
    expect(read(text).stack.groups["cattle"]?.slots).toEqual({ kind: "named", names: ["10.0.0.1", "bessy"] });
    expect(read(allocated('{"Size": 2, "LogicalIDs": null}')).stack.groups["cattle"]?.slots).toEqual({
      kind: "numbered",
      size: 2,
    });
  });

  it("has vanilla's later words, and bears the hashes of the later eras", () => {
    const group = read(allocated('{"Size": 1}', '{"Init": ["echo hi"], "Tags": {"tier": "web"}}')).stack.groups[
      "cattle"
    ];
    expect(group?.flavor).toEqual({ name: "vanilla", properties: { init: ["echo hi"], tags: { tier: "web" } } });
    expect(group?.marking).toMatchObject({ written: { "infrakit.config.hash": "tryysjgoqkfgjfscffaw4rwdlouoqbqy" } });
  });

  it("may have its keys in any case", () => {
    const text = allocated('{"Size": 3}', '{"Init": ["a"]}').replaceAll(/"[A-Z]\w*"(?=:)/g, (key) => key.toLowerCase());
    expect(read(text).stack.groups["cattle"]).toMatchObject({
      slots: { kind: "numbered", size: 3 },
      template: { name: "file", properties: { properties: { note: "v1" } } },
      flavor: { properties: { init: ["a"] } },
    });
  });
});

describe("an InfraKit group that is wrong", () => {
  it("is refused for unknown keys, which InfraKit passed over", async () => {
    expect(await failures(allocated('{"Size": 1, "LogicalIds": [], "Sise": 2}'))).toEqual([
      "declaration.unknown-key stack.yaml:3:47 (Properties.Allocation.Sise)",
    ]);
    expect(await failures(walkthrough('{"Size": 1, "Tagz": {}}'))).toEqual([
      "declaration.unknown-key stack.yaml:4:68 (Properties.Flavor.Properties.Tagz)",
    ]);
    expect(await wordsOf(() => read(walkthrough('{"Size": 1, "Tagz": {}}')))).toContain("did you mean `Tags`?");
  });

  it("is refused for one key in two cases", async () => {
    expect(await failures(allocated('{"Size": 1, "size": 2}'))).toEqual([
      "declaration.duplicate-key stack.yaml:3:29 (Properties.Allocation.size)",
    ]);
    expect(await wordsOf(() => read(allocated('{"Size": 1, "size": 2}')))).toContain("stands twice; first on line 3");
  });

  it("is refused for a size that cannot be", async () => {
    expect(await failures(allocated('{"Size": -1}'))).toEqual([
      "declaration.bad-size stack.yaml:3:26 (Properties.Allocation.Size)",
    ]);
    expect(await failures(walkthrough('{"Size": 1.5}'))).toEqual([
      "declaration.bad-size stack.yaml:4:65 (Properties.Flavor.Properties.Size)",
    ]);
    expect(await failures(allocated('{"Size": "3"}'))).toEqual([
      "declaration.wrong-kind stack.yaml:3:26 (Properties.Allocation.Size)",
    ]);
  });

  it("is refused for both a size and names, and for neither", async () => {
    expect(await failures(allocated('{"Size": 2, "LogicalIDs": ["a"]}'))).toEqual([
      "declaration.size-and-members stack.yaml:3:29 (Properties.Allocation.LogicalIDs)",
    ]);
    expect(await failures(allocated("{}"))).toEqual([
      "declaration.size-or-members stack.yaml:3:3 (Properties.Allocation)",
    ]);
  });

  it("is refused for names that stand twice", async () => {
    expect(await failures(allocated('{"LogicalIDs": ["a", "a"]}'))).toEqual([
      "declaration.duplicate-member stack.yaml:3:38 (Properties.Allocation.LogicalIDs[1])",
    ]);
  });

  it("is refused when a part is missing", async () => {
    expect(await failures('{"ID": "a", "Properties": {}}')).toEqual([
      "declaration.missing-key stack.yaml:1:13 (Properties.Instance)",
      "declaration.missing-key stack.yaml:1:13 (Properties.Flavor)",
    ]);
    expect(await failures('{"ID": "a", "Properties": {"Instance": {}, "Flavor": {"Plugin": 7}}}')).toEqual([
      "declaration.missing-key stack.yaml:1:28 (Properties.Instance.Plugin)",
      "declaration.wrong-kind stack.yaml:1:65 (Properties.Flavor.Plugin)",
    ]);
  });

  it("is refused for vanilla properties of the wrong kind", async () => {
    expect(await failures(walkthrough('{"UserData": "echo", "Labels": {"a": 1}}'))).toEqual([
      "declaration.wrong-kind stack.yaml:4:69 (Properties.Flavor.Properties.UserData)",
      "declaration.wrong-kind stack.yaml:4:93 (Properties.Flavor.Properties.Labels.a)",
    ]);
  });
});
