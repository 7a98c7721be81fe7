import { type Document, type Json, type JsonObject, MusterError } from "@muster/model";
import { type Catalog, type Flavor, type Provider, ProviderError, type Type } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type CheckDeps, checkStack } from "./check.ts";
import { sourceOf } from "./source.ts";
import { failuresOf, read, wordsOf } from "./testing.ts";

const json = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;
const never = () => Promise.reject(new Error("nothing is opened here"));

const box: Type = {
  known: "tags",
  name: "box",
  summary: "a thing with properties of every kind",
  schema: z.strictObject({
    properties: json.optional(),
    count: z.int().min(1).optional(),
    colour: z.enum(["red", "green"]).optional(),
    mode: z
      .string()
      .regex(/^[0-7]{4}$/, "must be four octal digits")
      .optional(),
    ports: z.array(z.strictObject({ port: z.int(), host: z.string().optional() })).optional(),
    target: z.union([z.string(), z.strictObject({ url: z.string(), retries: z.int().optional() })]).optional(),
  }) as z.ZodType<JsonObject>,
  settings: z.strictObject({ dir: z.string(), depth: z.int().optional() }) as z.ZodType<JsonObject>,
  effects: {},
  settleMs: 0,
  local: true,
  open: never,
};

const shelf: Type = {
  ...box,
  name: "shelf",
  schema: z.strictObject({ place: z.string() }) as z.ZodType<JsonObject>,
  settings: z.strictObject({}) as z.ZodType<JsonObject>,
  exclusive: ({ place }) => [`place:${place}`],
};

const path: Type = {
  known: "claim",
  name: "path",
  summary: "a thing known by its path",
  naming: "path",
  schema: z.strictObject({ path: z.string() }) as z.ZodType<JsonObject>,
  settings: z.strictObject({ root: z.string().optional() }) as z.ZodType<JsonObject>,
  effects: {},
  settleMs: 0,
  local: true,
  open: never,
};

const vanilla: Flavor = {
  name: "vanilla",
  summary: "adds lines",
  schema: z.strictObject({
    init: z.array(z.string()).optional(),
    tags: z.record(z.string(), z.string()).optional(),
  }) as z.ZodType<JsonObject>,
  effects: {},
};

const pairs: Flavor = {
  name: "pairs",
  summary: "wants two members",
  schema: z.strictObject({}) as z.ZodType<JsonObject>,
  effects: {},
  async validate(_flavor, slots) {
    if (slots.kind === "numbered" && slots.size !== 2) throw new ProviderError("invalid", "it takes two");
  },
};

const adds: Flavor = {
  name: "adds",
  summary: "adds a property",
  schema: z.strictObject({ what: z.string() }) as z.ZodType<JsonObject>,
  effects: {},
  adds: ({ what }) => [String(what)],
  prepare: never,
};

const types = new Map([box, shelf, path].map((type) => [type.name, type]));
const flavors = new Map([vanilla, pairs, adds].map((flavor) => [flavor.name, flavor]));
const catalog: Catalog = {
  type: (name, dialect) => types.get(dialect === "infrakit" && name === "file" ? "box" : name),
  flavor: (name) => flavors.get(name.replace("flavor-", "")),
  typeNames: () => [...types.keys()],
  flavorNames: () => [...flavors.keys()],
  onChange: () => () => undefined,
};

const settings: CheckDeps = { given: { box: { dir: "." } } };

function checking(text: string, deps: CheckDeps = settings): () => Promise<Document> {
  const { stack, source } = read(text);
  return () => checkStack(stack, source, catalog, deps);
}

const failures = (text: string, deps?: CheckDeps) => failuresOf(checking(text, deps));
const words = (text: string, deps?: CheckDeps) => wordsOf(checking(text, deps));

/** A stack of one group of boxes; the template is on line 5, and its properties begin at column 22. */
const boxes = (properties: string, ...lines: string[]) =>
  ["stack: shop", "groups:", "  web:", "    size: 1", `    template: { box: ${properties} }`, ...lines].join("\n");

const infrakit = (instance: string, flavor = "{}") => `{"ID": "cattle", "Properties": {
"Allocation": {"Size": 1},
"Instance": {"Plugin": "file", "Properties": ${instance}},
"Flavor": {"Plugin": "vanilla", "Properties": ${flavor}}}}`;

describe("a stack that can be made", () => {
  it("passes", async () => {
    const properties =
      '{ count: 2, colour: red, mode: "0644", ports: [{ port: 80 }], target: { url: x }, properties: { a: { b: [1] } } }';
    expect(await failures(boxes(properties, "    flavor: { vanilla: { init: [echo] } }"))).toEqual([]);
    expect(await failures(infrakit('{"Note": "v1"}', '{"Init": ["echo"]}'))).toEqual([]);
  });

  it("passes when it comes from the store, where it has no text", async () => {
    const { stack, document } = read(boxes("{ count: 0 }"));
    expect(await failuresOf(() => checkStack(stack, sourceOf(document), catalog, settings))).toEqual([
      "declaration.bad-property (groups.web.template.box.count)",
    ]);
  });

  it("may have references where a member's words fit", async () => {
    expect(
      await failures(boxes('{ properties: { greeting: "${self.stack} ${self.group} ${self.slot} ${self.id}" } }')),
    ).toEqual([]);
  });
});

describe("a stack whose members are waited for", () => {
  const distant: Catalog = { ...catalog, type: (name) => ({ ...box, name, local: false }) };
  const check = (text: string, where: Catalog) => {
    const { stack, source } = read(text);
    return () => checkStack(stack, source, where, settings);
  };
  const hasty = boxes("{}", "    rollout: { healthyDeadline: 10s }");

  it("is refused when nobody could be healthy for long enough before the deadline", async () => {
    expect(await failuresOf(check(hasty, distant))).toEqual([
      "declaration.policies-contradict stack.yaml:6:33 (groups.web.rollout.healthyDeadline)",
    ]);
    expect(await wordsOf(check(hasty, distant))).toContain("`minReady` is 10s unless told");
  });

  it("passes when it waits less, or is of a type that nothing is waited for", async () => {
    const patient = hasty.replace("10s", "10s, minReady: 1s");
    expect(await failuresOf(check(patient, distant))).toEqual([]);
    expect(await failuresOf(check(hasty, catalog))).toEqual([]);
  });
});

describe("a stack of what there is not", () => {
  it("is refused for an unknown type, and the nearest known one is named", async () => {
    const text = boxes("{}").replace("box:", "bix:");
    expect(await failures(text)).toEqual(["declaration.unknown-type stack.yaml:5:17 (groups.web.template.bix)"]);
    expect(await words(text)).toContain("there is no type `bix` (did you mean `box`?) Known: box, shelf, path.");
    expect(await failures(boxes("{}").replace("box:", "constructor:"))).toEqual([
      "declaration.unknown-type stack.yaml:5:17 (groups.web.template.constructor)",
    ]);
  });

  it("is refused for an unknown flavor, and the nearest known one is named", async () => {
    const text = boxes("{}", "    flavor: { vanila: {} }");
    expect(await failures(text)).toEqual(["declaration.unknown-flavor stack.yaml:6:15 (groups.web.flavor.vanila)"]);
    expect(await words(text)).toContain("there is no flavor `vanila` (did you mean `vanilla`?)");
  });

  it("is refused for both, and for the properties of the one that is there", async () => {
    const text = boxes("{}", "    flavor: { vanilla: { inti: [] } }").replace("box:", "bix:");
    expect(await failures(text)).toEqual([
      "declaration.unknown-type stack.yaml:5:17 (groups.web.template.bix)",
      "declaration.unknown-key stack.yaml:6:26 (groups.web.flavor.vanilla.inti)",
    ]);
  });

  it("is refused for an InfraKit plugin that is not there", async () => {
    const text = infrakit("{}").replace('"file"', '"instance-terraform"').replace('"vanilla"', '"flavor-swarm"');
    expect(await failures(text)).toEqual([
      "declaration.unknown-type stack.yaml:3:24 (Properties.Instance.Plugin)",
      "declaration.unknown-flavor stack.yaml:4:22 (Properties.Flavor.Plugin)",
    ]);
  });
});

describe("properties that a type does not take", () => {
  it.each<[string, string]>([
    ["{ cuont: 1 }", "declaration.unknown-key stack.yaml:5:24 (groups.web.template.box.cuont)"],
    ["{ count: many }", "declaration.wrong-kind stack.yaml:5:31 (groups.web.template.box.count)"],
    ["{ count: 1.5 }", "declaration.wrong-kind stack.yaml:5:31 (groups.web.template.box.count)"],
    ["{ count: 0 }", "declaration.bad-property stack.yaml:5:31 (groups.web.template.box.count)"],
    ["{ mode: 644 }", "declaration.wrong-kind stack.yaml:5:30 (groups.web.template.box.mode)"],
    ['{ mode: "9999" }', "declaration.bad-property stack.yaml:5:30 (groups.web.template.box.mode)"],
    ["{ colour: rad }", "declaration.bad-property stack.yaml:5:32 (groups.web.template.box.colour)"],
    [
      "{ ports: [{ port: 1 }, { prt: 2 }] }",
      "declaration.missing-key stack.yaml:5:45 (groups.web.template.box.ports[1].port)",
    ],
    ["{ target: 7 }", "declaration.wrong-kind stack.yaml:5:32 (groups.web.template.box.target)"],
    [
      "{ target: { url: x, retires: 1 } }",
      "declaration.unknown-key stack.yaml:5:42 (groups.web.template.box.target.retires)",
    ],
  ])("are refused: %s", async (properties, failure) => {
    expect(await failures(boxes(properties))).toContain(failure);
  });

  it("are refused in words that help", async () => {
    expect(await words(boxes("{ cuont: 1 }"))).toBe(
      "`cuont` is not known here (did you mean `count`?) Known here: properties, count, colour, mode, ports, target.",
    );
    expect(await words(boxes("{ ports: [{ port: 1, hots: a }] }"))).toContain(
      "did you mean `host`?) Known here: port, host.",
    );
    expect(await words(boxes("{ colour: rad }"))).toContain(
      "box: `colour` must be one of red, green (did you mean `red`?)",
    );
    expect(await words(boxes('{ mode: "9999" }'))).toContain("box: `mode` must be four octal digits");
    expect(await words(boxes("{ target: 7 }"))).toContain(
      "`target` must be a text or a mapping of keys to values, and is the number 7",
    );
    expect(await words(boxes("{ count: 1.5 }"))).toContain("`count` must be a whole number, and is the number 1.5");
  });

  it("are refused with those of the flavor, all at once", async () => {
    const text = boxes("{ a: 1, count: x }", "    flavor: { vanilla: { init: echo, tags: { a: 1 }, tgas: {} } }");
    expect(await failures(text)).toEqual([
      "declaration.unknown-key stack.yaml:5:24 (groups.web.template.box.a)",
      "declaration.wrong-kind stack.yaml:5:37 (groups.web.template.box.count)",
      "declaration.wrong-kind stack.yaml:6:32 (groups.web.flavor.vanilla.init)",
      "declaration.wrong-kind stack.yaml:6:49 (groups.web.flavor.vanilla.tags.a)",
      "declaration.unknown-key stack.yaml:6:54 (groups.web.flavor.vanilla.tgas)",
    ]);
  });

  it("are refused for words that no member knows", async () => {
    const text = boxes('{ properties: { a: ["${self.slto}"], b: "${self.Slot} ${self.my-word} ${other}" } }');
    expect(await failures(text)).toEqual([
      "declaration.unknown-reference stack.yaml:5:42 (groups.web.template.box.properties.a[0])",
      "declaration.unknown-reference stack.yaml:5:62 (groups.web.template.box.properties.b)",
      "declaration.unknown-reference stack.yaml:5:62 (groups.web.template.box.properties.b)",
    ]);
    expect(await words(text)).toContain(
      "`${self.slto}` cannot be answered (did you mean `slot`?) A member knows stack, group, slot, id.",
    );
  });

  it("may look like references in an InfraKit group, where a text means what it says", async () => {
    expect(await failures(infrakit('{"Note": "${self.name}"}'))).toEqual([]);
  });
});

describe("the settings of providers", () => {
  const shop = (providers: string) => `stack: shop\nproviders:\n  ${providers}\ngroups: {}\n`;

  it("are checked where they stand", async () => {
    expect(await failures(shop("box: { dri: x, depth: deep }"))).toEqual([
      "declaration.unknown-key stack.yaml:3:10 (providers.box.dri)",
      "declaration.wrong-kind stack.yaml:3:25 (providers.box.depth)",
    ]);
    expect(await failures(shop("bix: {}"))).toEqual(["declaration.unknown-type stack.yaml:3:3 (providers.bix)"]);
    expect(await failures(shop("a: { type: bix }"))).toEqual([
      "declaration.unknown-type stack.yaml:3:14 (providers.a.type)",
    ]);
    expect(await failures(shop("a: { type: box }"))).toEqual([
      "declaration.missing-key stack.yaml:3:3 (providers.a.dir)",
    ]);
  });

  it("are checked as they were given at the command line", async () => {
    expect(await words(boxes("{}"), { given: { box: { dri: "x", dir: "y" } } })).toContain(
      "provider `box`: `dri` is not known here (did you mean `dir`?)",
    );
    expect(await words(boxes("{}"), { given: { ...settings.given, bix: {} } })).toContain(
      "there is no provider `bix` (did you mean `box`?)",
    );
  });

  it("may be given in part by the stack, in part by the command line", async () => {
    const text = shop("box: { depth: 2 }");
    expect(await failures(text, { given: { box: { dir: "x" } } })).toEqual([]);
    expect(await failures(text, settings)).toEqual([]);
    expect(await failures(text, {})).toEqual(["declaration.missing-key stack.yaml:3:3 (providers.box.dir)"]);
    expect(await words(boxes("{}"), {})).toContain("provider `box`: `dir` is missing");
  });
});

describe("a group whose members would hold what only one can", () => {
  const shelves = (slots: string, place: string) =>
    `stack: shop\ngroups:\n  web:\n    ${slots}\n    template: { shelf: { place: "${place}" } }\n`;

  it.each([
    ["size: 1", "8080"],
    ["size: 2", "${self.slot}"],
    ["members: [a, b]", "top-${self.slot}"],
  ])("may have %s and %s", async (slots, place) => {
    expect(await failures(shelves(slots, place))).toEqual([]);
  });

  it.each(["size: 2", "members: [a, b]"])("is refused with %s: the second would never come", async (slots) => {
    expect(await failures(shelves(slots, "8080"))).toEqual([
      "declaration.not-manageable stack.yaml:5:17 (groups.web.template.shelf)",
    ]);
    expect(await words(shelves(slots, "8080"))).toContain("each of its 2 members would hold place:8080");
  });
});

describe("a group of things that have names", () => {
  const paths = (slots: string, name: string) =>
    `stack: shop\ngroups:\n  web:\n    ${slots}\n    template: { path: { path: "${name}" } }\n`;

  it.each([
    ["size: 2", "/a/{id}"],
    ["size: 1", "/a/${self.id}"],
    ["members: [a, b]", "/a/{id}"],
    ["members: [a, b]", "/a/${self.slot}"],
  ])("may have %s and %s", async (slots, name) => {
    expect(await failures(paths(slots, name))).toEqual([]);
  });

  it.each([
    ["size: 2", "/a/b"],
    ["size: 1", "/a/${self.slot}"],
    ["members: [a, b]", "/a/${self.group}"],
  ])("is refused for %s and %s, because they would have one name", async (slots, name) => {
    expect(await failures(paths(slots, name))).toEqual([
      "declaration.not-manageable stack.yaml:5:31 (groups.web.template.path.path)",
    ]);
    expect(await words(paths(slots, name))).toContain("Put `{id}` into `path`");
  });
});

describe("those who make it", () => {
  const asked: Json[] = [];
  const provider = (validate: () => Promise<void>): Provider => ({
    known: "claim",
    scope: "here",
    read: never,
    create: never,
    destroy: never,
    async validate(want) {
      asked.push(want);
      await validate();
    },
  });
  const opened = (validate: () => Promise<void>): CheckDeps => ({
    ...settings,
    opened: async () => provider(validate),
  });
  const text = 'stack: shop\ngroups:\n  web:\n    members: [a, b]\n    template: { path: { path: "/../{id}" } }\n';

  it("are asked about a member as it would be", async () => {
    asked.length = 0;
    expect(
      await failures(
        text,
        opened(async () => undefined),
      ),
    ).toEqual([]);
    expect(asked).toEqual([{ path: "/../a" }]);
  });

  it("may refuse it", async () => {
    const refuse = opened(() => Promise.reject(new ProviderError("invalid", "/../a is outside of /srv")));
    expect(await failures(text, refuse)).toEqual([
      "declaration.not-manageable stack.yaml:5:31 (groups.web.template.path.path)",
    ]);
    expect(await words(text, refuse)).toContain("/../a is outside of /srv");
  });

  it("may be out of reach, which is not the declaration's fault", async () => {
    const away = opened(() => Promise.reject(new ProviderError("unavailable", "no answer")));
    expect(await failures(text, away)).toEqual(["provider.unavailable stack.yaml:5:17 (groups.web.template.path)"]);
    const denied: CheckDeps = { opened: () => Promise.reject(new ProviderError("denied", "/srv: permission denied")) };
    expect(await failures(text, denied)).toEqual(["provider.denied stack.yaml:5:17 (groups.web.template.path)"]);
    const told: CheckDeps = { opened: () => Promise.reject(new MusterError("plugin.unreachable")) };
    expect(await failures(text, told)).toEqual(["plugin.unreachable"]);
  });

  it("are not asked about a declaration that is wrong otherwise", async () => {
    asked.length = 0;
    const wrong = text.replace('{ path: "', '{ pth: 1, path: "');
    expect(
      await failures(
        wrong,
        opened(async () => undefined),
      ),
    ).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  it("may be a flavor that cannot treat so many members", async () => {
    const three = boxes("{}", "    flavor: { pairs: {} }");
    expect(await failures(three)).toEqual(["declaration.bad-property stack.yaml:6:15 (groups.web.flavor.pairs)"]);
    expect(await words(three)).toContain("pairs: group `web` cannot be treated so: it takes two");
    expect(await failures(three.replace("size: 1", "size: 2"))).toEqual([]);
  });
});

describe("a flavor that adds to the members", () => {
  it("is refused where the type has no such property, and nothing is prepared for that", async () => {
    expect(await failures(boxes("{}", "    flavor: { adds: { what: colour } }"))).toEqual([]);
    const wrong = boxes("{}", "    flavor: { adds: { what: env } }");
    expect(await failures(wrong)).toEqual(["declaration.bad-property stack.yaml:6:15 (groups.web.flavor.adds)"]);
    expect(await words(wrong)).toContain("adds: group `web` cannot be treated so: members of type box have no `env`");
  });
});

describe("a name that can come to mean something else", () => {
  const pinning = (pin: NonNullable<Provider["pin"]>): CheckDeps => ({
    ...settings,
    opened: async () => ({
      known: "tags",
      scope: "here",
      pin,
      async *list() {
        yield await never();
      },
      create: never,
      destroy: never,
    }),
  });
  const meant = pinning(async ({ properties }) => ({ properties: { ...Object(properties), image: "sha256:1" } }));

  it("is kept as what it means when it is declared, and nothing else of the document is another", async () => {
    const text = boxes("{ count: 2, properties: { image: hello } }");
    const { document } = read(text);
    const kept = await checking(text, meant)();
    expect(kept).toEqual(read(text.replace("hello", "sha256:1")).document);
    expect(document.data).toEqual(read(text).document.data);
  });

  it("stays as it is in an InfraKit document: InfraKit hashes what is written", async () => {
    const text = infrakit('{"image": "hello"}');
    expect(await checking(text, meant)()).toEqual(read(text).document);
  });

  it("that is another for each member is refused: what one of them means is not what all mean", async () => {
    const called = (image: string) => boxes(`{ count: 1, properties: { image: "${image}" } }`);
    expect(await words(called("hello-${self.slot}"), meant)).toContain("`properties` is kept as what it means now");
    expect(await failures(called("hello-${self.slot}"), meant)).toEqual([
      expect.stringMatching(/^declaration\.not-manageable .*properties\)$/),
    ]);
    expect(await failures(called("hello-${self.group}"), meant)).toEqual([]);
  });

  it("that means nothing is a fault of the template", async () => {
    const nothing = pinning(async () => {
      throw new ProviderError("invalid", "there is no image `hello`");
    });
    expect(await words(boxes("{ count: 1 }"), nothing)).toContain("there is no image `hello`");
  });
});

describe("an InfraKit group that cannot be made", () => {
  it("is refused where it is written, in InfraKit's words", async () => {
    const strict: Type = {
      ...box,
      schema: z.strictObject({ properties: z.strictObject({ Note: z.string() }) }) as z.ZodType<JsonObject>,
    };
    const only: Catalog = { ...catalog, type: () => strict };
    const { stack, source } = read(infrakit('{"Nte": 1, "Note": 2}').replace('"Instance"', '"instance"'));
    expect(await failuresOf(() => checkStack(stack, source, only, settings))).toEqual([
      "declaration.unknown-key stack.yaml:3:47 (Properties.instance.Properties.Nte)",
      "declaration.wrong-kind stack.yaml:3:65 (Properties.instance.Properties.Note)",
    ]);
  });
});
