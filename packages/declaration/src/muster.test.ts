import { GROUPS_ONLY } from "@muster/model";
import { describe, expect, it } from "vitest";
import { failuresOf, read, wordsOf } from "./testing.ts";

const failures = (text: string) => failuresOf(() => read(text));
const words = (text: string) => wordsOf(() => read(text));

/** A stack of one group; the group's body begins on line 4, at column 5. */
const group = (...lines: string[]) =>
  ["stack: shop", "groups:", "  web:", ...lines.map((line) => `    ${line}`)].join("\n");
const template = "template: { instance-file: {} }";

describe("a Muster stack", () => {
  it("is read with its groups", () => {
    const { stack } = read(`
stack: shop
owner: team-web
runbook: docs/runbook.md
mode: observe
providers:
  instance-file: { dir: /srv/instances }
groups:
  web:
    size: 3
    template: { instance-file: { properties: { greeting: hello } } }
    flavor: { vanilla: { init: [echo hello] } }
`);
    expect(stack).toEqual({
      ...GROUPS_ONLY,
      name: "shop",
      owner: "team-web",
      runbook: "docs/runbook.md",
      mode: "observe",
      providers: { "instance-file": { type: "instance-file", settings: { dir: "/srv/instances" } } },
      groups: {
        web: {
          name: "web",
          slots: { kind: "numbered", size: 3 },
          template: { name: "instance-file", properties: { properties: { greeting: "hello" } } },
          flavor: { name: "vanilla", properties: { init: ["echo hello"] } },
          marking: { kind: "muster" },
          rollout: {},
          repair: {},
          checks: [],
        },
      },
    });
  });

  it("is read with named members", () => {
    const { stack } = read(group("members: [a, b]", template));
    expect(stack.groups["web"]?.slots).toEqual({ kind: "named", names: ["a", "b"] });
  });

  it("treats members as vanilla does unless told", () => {
    expect(read(group("size: 0", template)).stack.groups["web"]?.flavor).toEqual({ name: "vanilla", properties: {} });
    expect(read(group("size: 0", template, "flavor: { vanilla: }")).stack.groups["web"]?.flavor).toEqual({
      name: "vanilla",
      properties: {},
    });
  });

  it("may have groups with the names of an object's own parts", () => {
    const text = `stack: shop\ngroups:\n  constructor: { size: 1, ${template} }\n  toString: { size: 1, ${template} }\n`;
    const { groups } = read(text).stack;
    expect(Object.keys(groups)).toEqual(["constructor", "toString"]);
    expect("valueOf" in groups).toBe(false);
  });
});

describe("a Muster stack that is wrong", () => {
  it("is refused when it is no mapping, or of no kind", async () => {
    expect(await failures("- a\n- b\n")).toEqual(["declaration.wrong-kind stack.yaml:1:1"]);
    expect(await failures("just a text\n")).toEqual(["declaration.wrong-kind stack.yaml:1:1"]);
    expect(await failures("{}\n")).toEqual(["declaration.unknown-kind stack.yaml:1:1"]);
    expect(await failures("name: shop\ngroups: {}\n")).toEqual(["declaration.unknown-kind stack.yaml:1:1"]);
  });

  it("is refused for unknown keys, and the nearest known one is named", async () => {
    expect(await failures("stack: shop\nownr: me\ngroups: {}\n")).toEqual([
      "declaration.unknown-key stack.yaml:2:1 (ownr)",
    ]);
    expect(await words("stack: shop\nownr: me\ngroups: {}\n")).toBe(
      "`ownr` is not known here (did you mean `owner`?) Known here: stack, owner, runbook, mode, providers, resources, purge, groups, checks.",
    );
    const text = group("size: 1", "constructor: 1", template, "flavour: { vanilla: {} }");
    expect(await failures(text)).toEqual([
      "declaration.unknown-key stack.yaml:5:5 (groups.web.constructor)",
      "declaration.unknown-key stack.yaml:7:5 (groups.web.flavour)",
    ]);
    expect(await words(text)).toContain("did you mean `flavor`?");
  });

  it("is refused for what is not built yet", async () => {
    expect(await failures(`${group("size: 1", template, "protect: true")}\n`)).toEqual([
      "declaration.not-yet stack.yaml:6:5 (groups.web.protect)",
    ]);
  });

  it("is refused for values of the wrong kind, with what they are", async () => {
    expect(await failures("stack: 7\nowner: [a]\nproviders: none\ngroups: [web]\n")).toEqual([
      "declaration.wrong-kind stack.yaml:1:8 (stack)",
      "declaration.wrong-kind stack.yaml:2:8 (owner)",
      "declaration.wrong-kind stack.yaml:3:12 (providers)",
      "declaration.wrong-kind stack.yaml:4:9 (groups)",
    ]);
    expect(await words("stack: 7\ngroups: {}\n")).toBe("`stack` must be a text, and is the number 7 Write a text.");
    expect(await words(group('size: "3"', template))).toContain('`size` must be a whole number, and is the text "3"');
    expect(await words(group("size:", template))).toContain("`size` must be a whole number, and is nothing");
  });

  it("is refused for names that cannot be names", async () => {
    expect(
      await failures(`stack: a b\ngroups:\n  -x: { size: 1, ${template} }\n  "": { size: 1, ${template} }\n`),
    ).toEqual([
      "declaration.bad-name stack.yaml:1:8 (stack)",
      "declaration.bad-name stack.yaml:3:3 (groups.-x)",
      'declaration.bad-name stack.yaml:4:3 (groups[""])',
    ]);
    expect(await failures(group("members: [a/b, ../c]", template))).toEqual([
      "declaration.bad-name stack.yaml:4:15 (groups.web.members[0])",
      "declaration.bad-name stack.yaml:4:20 (groups.web.members[1])",
    ]);
  });

  it.each(["-1", "1.5", "1e9", "100001"])("is refused for a size of %s", async (size) => {
    expect(await failures(group(`size: ${size}`, template))).toEqual([
      "declaration.bad-size stack.yaml:4:11 (groups.web.size)",
    ]);
  });

  it("is refused for both a size and members, and for neither", async () => {
    expect(await failures(group("size: 1", "members: [a]", template))).toEqual([
      "declaration.size-and-members stack.yaml:5:5 (groups.web.members)",
    ]);
    expect(await failures(group(template))).toEqual(["declaration.size-or-members stack.yaml:3:3 (groups.web)"]);
  });

  it("is refused for members that stand twice", async () => {
    expect(await failures(group("members: [a, b, a]", template))).toEqual([
      "declaration.duplicate-member stack.yaml:4:21 (groups.web.members[2])",
    ]);
  });

  it("is refused for members that are no texts", async () => {
    expect(await failures(group("members: { a: 1 }", template))).toEqual([
      "declaration.wrong-kind stack.yaml:4:14 (groups.web.members)",
    ]);
    expect(await failures(group("members: [1, a]", template))).toEqual([
      "declaration.wrong-kind stack.yaml:4:15 (groups.web.members[0])",
    ]);
  });

  it("is refused when something is missing, at what it is missing from", async () => {
    expect(await failures("stack: shop\n")).toEqual(["declaration.missing-key stack.yaml:1:1 (groups)"]);
    expect(await failures(group("size: 1"))).toEqual(["declaration.missing-key stack.yaml:3:3 (groups.web.template)"]);
  });

  it("is refused for a template or flavor that is not one", async () => {
    expect(await failures(group("size: 1", "template: {}"))).toEqual([
      "declaration.wrong-kind stack.yaml:5:5 (groups.web.template)",
    ]);
    expect(await words(group("size: 1", "template: { a: {}, b: {} }"))).toContain(
      "`template` must be one type with its properties, and is 2 keys: a, b",
    );
    expect(await failures(group("size: 1", template, "flavor: vanilla"))).toEqual([
      "declaration.wrong-kind stack.yaml:6:13 (groups.web.flavor)",
    ]);
    expect(await failures(group("size: 1", "template: { instance-file: 7 }"))).toEqual([
      "declaration.wrong-kind stack.yaml:5:32 (groups.web.template.instance-file)",
    ]);
  });

  it("tells everything that is wrong at once, in the order of the text", async () => {
    const text = "stack: shop\ngroups:\n  a: { size: -1 }\n  b: { sise: 1 }\nowner: 7\n";
    expect(await failures(text)).toEqual([
      "declaration.missing-key stack.yaml:3:3 (groups.a.template)",
      "declaration.bad-size stack.yaml:3:14 (groups.a.size)",
      "declaration.size-or-members stack.yaml:4:3 (groups.b)",
      "declaration.missing-key stack.yaml:4:3 (groups.b.template)",
      "declaration.unknown-key stack.yaml:4:8 (groups.b.sise)",
      "declaration.wrong-kind stack.yaml:5:8 (owner)",
    ]);
  });

  it("tells a hundred problems at most", async () => {
    const members = Array.from({ length: 1000 }, (_, index) => `/${index}`).join(", ");
    expect(await failures(group(`members: [${members}]`, template))).toHaveLength(100);
  });
});
