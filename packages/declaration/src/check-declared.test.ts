import type { JsonObject } from "@muster/model";
import { type Catalog, groupRevision, type Type } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkStack } from "./check.ts";
import { onlyGroup, onlyResource } from "./edit.ts";
import { sourceOf } from "./source.ts";
import { stackOf } from "./stack.ts";
import { failuresOf, read, wordsOf } from "./testing.ts";

const open = () => Promise.reject(new Error("nothing is opened here"));
const schema = z.strictObject({
  ...{ name: z.string().optional(), size: z.int().optional(), note: z.string().optional() },
  password: z.union([z.string(), z.strictObject({ secret: z.json() })]).optional(),
}) as z.ZodType<JsonObject>;
const box: Type = {
  ...{ known: "tags", name: "box", naming: "name", summary: "", settings: z.strictObject({}), schema },
  ...{ effects: {}, settleMs: 0, local: true, open, outputs: z.object({ address: z.string() }) },
};
const server: Type = { ...box, name: "server", ports: true };
const vanilla = { name: "vanilla", summary: "", schema: z.strictObject({}) as z.ZodType<JsonObject>, effects: {} };

const catalog: Catalog = {
  type: (name) => [box, server].find((each) => each.name === name),
  flavor: (name) => (name === "vanilla" ? vanilla : undefined),
  typeNames: () => ["box", "server"],
  flavorNames: () => ["vanilla"],
  onChange: () => () => undefined,
};

function check(text: string) {
  const { stack, source } = read(text);
  return checkStack(stack, source, catalog);
}

const group = (checks: string, type = "server") =>
  `stack: shop\ngroups:\n  web:\n    size: 1\n    template: { ${type}: { note: "\${self.slot}" } }\n    checks:\n${checks}`;
const resource = (checks: string, more = "") =>
  `stack: shop\nresources:\n  box:\n    db:\n      size: 3\n      checks:\n${checks}\n${more}`;

describe("checks of a group", () => {
  const good = '      - http: "http://127.0.0.1:${self.port}/"\n        body: { contains: "${self.slot}" }';

  it("are read with the group, and speak of its members", async () => {
    await check(group(good));
    const { stack } = read(group(good));
    expect(stack.groups["web"]?.checks).toEqual([
      {
        ...{ kind: "http", subject: "http://127.0.0.1:${self.port}/", options: {} },
        statements: [{ property: "body", matcher: { word: "contains", value: "${self.slot}" } }],
      },
    ]);
  });

  it("are no part of the revision", () => {
    const [with_, without] = [group(good), group("      []")].map((text) => read(text).stack.groups["web"]);
    expect(with_?.checks).toHaveLength(1);
    expect(with_ && groupRevision(with_, {}, vanilla)).toBe(without && groupRevision(without, {}, vanilla));
  });

  it.each([
    ["      - port: ${self.prot}\n        listening: true", "declaration.unknown-reference stack.yaml:7:15"],
    ["      - port: ${self.id.x}\n        listening: true", "declaration.bad-reference stack.yaml:7:15"],
    ["      - port: ${box.db.size}\n        listening: true", "declaration.bad-reference stack.yaml:7:15"],
    ["      - http: http://a/\n        headers: { '${self.id}': x }", "declaration.bad-reference stack.yaml:8:20"],
    ["      - port: 80", "declaration.empty-check stack.yaml:7:9"],
    ["      - port: 80\n        listening: yes!", "declaration.wrong-kind stack.yaml:8:20"],
    ["      - prot: 80\n        listening: true", "declaration.unknown-check stack.yaml:7:9"],
    ["      - port: 80\n        listening: true\n        listening: false", "declaration.duplicate-key stack.yaml:9:9"],
    [
      "      - file: /a${self.id}\n        size: 1\n      - file: /a${self.id}\n        size: 2",
      "declaration.checks-contradict stack.yaml:10:15",
    ],
    ["      - file: a${self.id}\n        exists: true", "declaration.bad-check stack.yaml:7:15"],
    ["      - http: http://a/\n        body: { matches: '(${self.port}' }", "declaration.bad-check stack.yaml:8:26"],
  ])("%s is refused with its place", async (checks, wanted) => {
    const [first = ""] = await failuresOf(() => check(group(checks)));
    expect(first).toContain(wanted);
  });

  it("know a port only where members have one, and the nearest word", async () => {
    const asked = "      - port: ${self.port}\n        listening: true";
    expect(await failuresOf(() => check(group(asked)))).toEqual([]);
    expect(await wordsOf(() => check(group(asked, "box")))).toContain("`${self.port}` cannot be answered");
    expect(await wordsOf(() => check(group(asked.replace("port}", "prt}"))))).toContain("did you mean `port`");
  });

  it("may take whatever a subject is made of", async () => {
    const subjects = [
      "port: ${self.port}",
      "file: /run/${self.id}",
      'addr: "127.0.0.1:${self.port}"',
      "file: ${self.id}",
    ];
    for (const subject of subjects) {
      const property = { p: "listening", f: "exists", a: "reachable" }[subject[0] ?? ""];
      expect(await failuresOf(() => check(group(`      - ${subject}\n        ${property}: true`)))).toEqual([]);
    }
  });
});

describe("checks of a resource", () => {
  it("take its own properties and outputs, and those of others", async () => {
    const checks = [
      '        - addr: "${self.address}:22"\n          reachable: true',
      "        - file: /boxes/${box.other.name}/${self.size}\n          exists: true",
    ];
    await check(resource(checks.join("\n"), "    other: {}"));
    expect(read(resource(checks.join("\n"))).stack.resources["box.db"]?.checks).toHaveLength(2);
  });

  it.each([
    ["${self.adress}", "box has no `adress` (did you mean `address`?)"],
    ["${box.other.size}", "there is no resource `box.other`"],
    ["${box.db.colour}", "box has no `colour`"],
    ["${self.password}", "`password` is a secret"],
  ])("%s is refused", async (reference, wanted) => {
    const secret = "      password: { secret: { env: PASSWORD } }";
    const text = resource(`        - file: /a/${reference}\n          exists: true\n${secret}`);
    expect(await wordsOf(() => check(text))).toContain(wanted);
  });

  it("do not go with a resource or a group that is kept as it was", () => {
    const checks = "        - file: /a\n          exists: true";
    const { document } = read(
      `${resource(checks)}groups:\n  web: { size: 1, template: { box: {} }, checks: [{ port: 80, listening: true }] }\nchecks:\n  - file: /\${box.db.name}\n    exists: true`,
    );
    const [alone, group] = [onlyResource(document, "box.db"), onlyGroup(document, "web")].map((each) => stackOf(each));
    expect(alone?.checks).toEqual([]);
    expect(alone?.resources["box.db"]?.checks).toEqual([]);
    expect(group?.checks).toEqual([]);
    expect(group?.groups["web"]?.checks).toHaveLength(1);
  });
});

describe("checks of a stack", () => {
  it("take values of its resources, and no word of a member", async () => {
    const top = (reference: string) => resource("        []", `checks:\n  - file: /a/${reference}\n    exists: true`);
    expect(read(top("x")).stack.checks).toHaveLength(1);
    await check(top("${box.db.size}"));
    expect(await wordsOf(() => check(top("${box.bd.size}")))).toContain("there is no resource `box.bd`");
    expect(await wordsOf(() => check(top("${self.port}")))).toContain("a check of the whole stack has neither");
  });

  it("are none where none are declared", () => {
    const stack = stackOf(
      { dialect: "muster", data: { stack: "shop", groups: {} } },
      sourceOf({ dialect: "muster", data: {} }),
    );
    expect(stack.checks).toEqual([]);
  });
});
