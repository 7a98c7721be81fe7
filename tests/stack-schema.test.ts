/** What `muster schema` prints, held against every stack of the repository by a validator that knows nothing of Muster. */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { readDocument } from "@muster/declaration";
import { isObject, type Json, type JsonObject } from "@muster/model";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type House, openHouse } from "../packages/cli/src/test/house.ts";
import { blocksOf } from "./support/guide-page.ts";

const root = resolve(import.meta.dirname, "..");
const sdk = pathToFileURL(join(root, "packages/sdk/src/index.ts")).href;

let house: House;
let schema: JsonObject;
let problemsOf: (data: Json) => readonly string[];

beforeAll(async () => {
  house = await openHouse();
  await run("examples/plugin-typescript/note.ts", "--dir", "./notes");
  await run("examples/rollout/proofread.ts");
  await run("examples/plugin-resource/table.ts", "--set", `file=${house.path("orders.db")}`);
  const { code, out, err } = await house.run("schema");
  expect([code, err]).toEqual([0, ""]);
  schema = JSON.parse(out);
  const validate = new Ajv({
    allErrors: true,
    allowUnionTypes: true,
    strict: true,
    strictRequired: false,
    validateFormats: false,
    strictTuples: false,
  }).compile(schema);
  problemsOf = (data) =>
    validate(data) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
});
afterAll(() => house.close());

const run = (plugin: string, ...words: readonly string[]) =>
  house.start("plugin", "run", join(root, plugin), ...words).says("serves");

const stacks = globSync("examples/**/*.{yaml,json,ts}", { cwd: root, exclude: (name) => name === "node_modules" })
  .filter((name) => !/package\.json$|note\.ts$|proofread\.ts$|table\.ts$/.test(name))
  .sort();

const pages = globSync("docs/guide/*.md", { cwd: root }).sort();

describe("the schema of stacks", () => {
  it.each(stacks)("takes %s, as Muster does", async (name) => {
    const { data } = await readDocument(join(root, name), { sdk, env: {} });
    // What InfraKit declares, and what an image is built from, is no stack.
    if (!isObject(data) || data["stack"] === undefined) return expect(problemsOf(data)).not.toEqual([]);
    expect(problemsOf(data)).toEqual([]);
  });

  it("takes what the guide declares, and refuses what it shows to be refused", async () => {
    const refused: string[] = [];
    for (const page of pages) {
      for (const block of blocksOf(readFileSync(join(root, page), "utf8"))) {
        if (block.kind !== "file" || !block.name.endsWith(".yaml")) continue;
        const { data } = await readDocument(await house.write(block.name, block.text), { sdk, env: {} });
        if (!isObject(data) || data["stack"] === undefined) continue;
        refused.push(...problemsOf(data).map((problem) => `${page} ${block.name}: ${problem}`));
      }
    }
    const nothingYet = "docs/guide/resources-day-two.md shop.yaml:  must";
    expect(refused).toEqual([
      `${nothingYet} have required property 'groups'`,
      `${nothingYet} have required property 'resources'`,
      `${nothingYet} match a schema in anyOf`,
      "docs/guide/resources.md host.yaml: /resources/file/~1home~1ann~1name.txt must NOT have additional properties",
      "docs/guide/stacks.md tried.yaml: /groups/web/repair/breaker must be string",
    ]);
  });

  const group = (words: object) => ({
    stack: "s",
    groups: { web: { size: 1, template: { file: { path: "/{id}" } }, ...words } },
  });
  const checks = (...entries: readonly object[]) => ({ stack: "s", groups: {}, checks: entries });
  const file = (words: object) => ({ stack: "s", resources: { file: { "/etc/motd": words } } });

  it.each<[string, object]>([
    [
      "a resource with Muster's own words",
      file({ content: "x", ensure: "present", dependsOn: ["file./a"], protect: true }),
    ],
    ["one address in place of a list", file({ content: "x", notify: "command.reload" })],
    ["values from elsewhere", file({ mode: "${file./a.mode}", content: "${droplet.web-1.public_address}" })],
    ["a secret in place of a value", file({ content: { secret: { env: "MOTD" } } })],
    ["a secret that a command prints", file({ content: { secret: { command: ["pass", "show", "motd"] } } })],
    ["a number in place of an id", file({ content: "x", id: 12 })],
    [
      "what is to be gone, of which nothing else is said",
      { stack: "s", resources: { note: { a: { ensure: "absent" } } } },
    ],
    [
      "a file that names members, with its commands",
      file({ content: "x", check: { command: ["t", "${file}"] }, notify: { command: ["r"] } }),
    ],
    ["purging", { ...file({ content: "x" }), purge: { file: "noop" } }],
    [
      "a provider under a name of its own",
      { ...file({ content: "x", provider: "etc" }), providers: { etc: { type: "file", root: "/etc" } } },
    ],
    ["settings of a type", { ...file({ content: "x" }), providers: { file: { root: "/etc" } } }],
    ["a type of a plugin", { stack: "s", resources: { note: { a: { text: "hello" } } } }],
    ["policies", group({ rollout: { maxSurge: "25%", minReady: "1m30s", canary: 1 }, repair: { breaker: "40%" } })],
    [
      "checks of members, in their words",
      group({
        checks: [
          { addr: "127.0.0.1:${self.port}", reachable: true },
          { port: "${self.port}", listening: true },
        ],
      }),
    ],
    ["checks of a resource", file({ content: "x", checks: [{ file: "${self.path}", mode: "0644" }] })],
    [
      "checks, with values and with matchers",
      checks(
        { port: 8080, listening: true },
        {
          http: "http://a/",
          timeout: "2s",
          status: { between: [200, 299] },
          headers: { server: { contains: "nginx" } },
        },
        {
          file: "/a",
          title: "it",
          mode: "0644",
          content: { json: { "a[0]": 3, b: { min: 1, not: 7 } } },
          modified: { since: "1h" },
        },
        { command: ["true"], exit: 0, stdout: { length: { max: 9 } } },
        { user: "ann", groups: { containsAll: ["adm"], all: { matches: "^a" } } },
      ),
    ],
    ["a flavor", group({ flavor: { http: { url: "http://127.0.0.1:${self.port}/" } } })],
    [
      "a number that is a member's own word",
      group({ template: { process: { command: "node", port: "${self.port}" } } }),
    ],
  ])("takes %s", (_, data) => {
    expect(problemsOf(JSON.parse(JSON.stringify(data)))).toEqual([]);
  });

  it.each<[string, object]>([
    ["asserts nothing", { port: 8080 }],
    ["is of no kind", { prot: 8080, listening: true }],
    ["has a property of another kind", { port: 8080, mode: "0644" }],
    ["has a matcher that is none", { file: "/a", content: { contians: "x" } }],
    ["has a matcher for other values", { file: "/a", size: { contains: "x" } }],
    ["has an empty matcher", { http: "http://a/", headers: {} }],
    ["has a value of another kind", { file: "/a", mode: 644 }],
    ["has a method that is none", { http: "http://a/", status: 200, method: "FETCH" }],
  ])("refuses a check that %s", (_, entry) => {
    expect(problemsOf(JSON.parse(JSON.stringify(checks(entry))))).not.toEqual([]);
  });

  it.each<[string, object, string]>([
    ["a key that is none", { stack: "s", groups: {}, rollout: {} }, "additional properties"],
    ["no name", { groups: {} }, "required property 'stack'"],
    ["a name that is none", { stack: "my stack", groups: {} }, "pattern"],
    ["a type that is not there", { stack: "s", resources: { fil: {} } }, "additional properties"],
    ["a property that is none", file({ contents: "x" }), "additional properties"],
    ["a value of another kind", file({ mode: 644 }), "/resources/file/~1etc~1motd/mode must be string"],
    ["a value that does not fit", file({ mode: "644" }), "/resources/file/~1etc~1motd/mode must match pattern"],
    ["a word of Muster's that is none", file({ ensure: "gone" }), "allowed values"],
    ["what a type needs and is missing", { stack: "s", resources: { note: { a: {} } } }, "required property 'text'"],
    ["a secret of two places", file({ content: { secret: { env: "MOTD", file: "/motd" } } }), "/content"],
    ["two sizes", group({ members: ["a"] }), "exactly one schema"],
    ["no template", { stack: "s", groups: { web: { size: 1 } } }, "required property 'template'"],
    ["two templates", group({ template: { file: { path: "/a" }, note: { text: "a" } } }), "more than 1"],
    ["a duration without a unit", group({ rollout: { minReady: "10" } }), "pattern"],
    ["a share of more than all", group({ rollout: { maxSurge: "101%" } }), "pattern"],
    ["a setting that is none", { ...file({}), providers: { file: { rot: "/etc" } } }, "additional properties"],
  ])("refuses %s", (_, data, says) => {
    expect(problemsOf(JSON.parse(JSON.stringify(data))).join("\n")).toContain(says);
  });

  it("tells an editor what each thing means", () => {
    const text = JSON.stringify(schema);
    expect(schema["$schema"]).toBe("http://json-schema.org/draft-07/schema#");
    expect(text).toContain("Where the file is: an absolute path without `.` and `..`");
    expect(text).toContain("How many may be away, or a share of them");
  });
});
