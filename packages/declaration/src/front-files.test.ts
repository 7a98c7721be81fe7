import type { JsonObject } from "@muster/model";
import { type Catalog, type Provider, ProviderError, type Type } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkStack } from "./check.ts";
import { onlyGroup, withoutGroup } from "./edit.ts";
import { failuresOf, read, wordsOf } from "./testing.ts";

const open = () => Promise.reject(new Error("nothing is opened here"));
const base = { summary: "", settings: z.strictObject({}), effects: {}, settleMs: 0, local: true, open } as const;
const thing: Type = { ...base, known: "tags", name: "thing", schema: z.strictObject({}) };
const listener: Type = { ...thing, name: "listener", ports: true };
const file: Type = {
  ...{ ...base, known: "claim", name: "file", naming: "path" },
  schema: z.strictObject({
    path: z.string().startsWith("/", "must begin with a slash"),
    content: z.string(),
    mode: z
      .string()
      .regex(/^[0-7]{4}$/, "must be four octal digits")
      .optional(),
    owner: z.string().optional(),
  }) as unknown as z.ZodType<JsonObject>,
};
const vanilla = { name: "vanilla", summary: "", schema: z.strictObject({}), effects: {} };
const catalogOf = (...types: Type[]): Catalog => ({
  type: (name) => types.find((type) => type.name === name),
  flavor: (name) => (name === "vanilla" ? vanilla : undefined),
  typeNames: () => types.map(({ name }) => name),
  flavorNames: () => ["vanilla"],
  onChange: () => () => undefined,
});
const catalog = catalogOf(thing, listener, file);

const groups = "groups:\n  web: { size: 1, template: { listener: {} } }\n  db: { size: 1, template: { thing: {} } }\n";

function door(content: string, ...others: string[]): string {
  const block = content.split("\n").map((line) => `        ${line}`);
  const more = others.map((line) => `      ${line}\n`).join("");
  return `stack: shop\nresources:\n  file:\n    /etc/web.conf:\n      content: |\n${block.join("\n")}\n${more}${groups}`;
}

function check(text: string, types = catalog, opened?: () => Promise<Provider>): Promise<unknown> {
  const { stack, source } = read(text);
  return checkStack(stack, source, types, opened === undefined ? {} : { opened });
}

describe("a file of a stack", () => {
  it("has content that names members, mode and owner, a check and a notify", () => {
    const { stack } = read(
      door(
        "{{#each groups.web}}\n{{port}}\n{{/each}}",
        'mode: "0644"',
        'check: { command: [nginx, -t, -c, "${file}"], timeout: 5s }',
        "notify: { command: [nginx, -s, reload] }",
      ),
    );
    expect(stack.fronts["/etc/web.conf"]).toEqual({
      ...{ path: "/etc/web.conf", mode: "0644", content: [expect.objectContaining({ kind: "each", group: "web" })] },
      check: { command: ["nginx", "-t", "-c", "${file}"], timeoutMs: 5_000 },
      notify: { command: ["nginx", "-s", "reload"], timeoutMs: 10_000, settleMs: 1_000 },
    });
  });

  it("may stand in a stack without groups, as long as it names none", async () => {
    const text = "stack: shop\nresources: { file: { /etc/motd: { content: hello } } }\n";
    await check(text);
    expect(read(text).stack.groups).toEqual({});
  });

  it("is refused for slips of the hand, with what was meant", async () => {
    const text = door("x", "mod: x", "ensure: absent", "check: { command: [nginx, -t] }", 'notify: { command: "" }');
    expect(await failuresOf(() => read(text))).toEqual([
      'declaration.unknown-key stack.yaml:7:7 (resources.file["/etc/web.conf"].mod)',
      'declaration.not-for-front stack.yaml:8:7 (resources.file["/etc/web.conf"].ensure)',
      'declaration.wrong-kind stack.yaml:9:25 (resources.file["/etc/web.conf"].check.command)',
      'declaration.wrong-kind stack.yaml:10:26 (resources.file["/etc/web.conf"].notify.command)',
      'declaration.wrong-kind stack.yaml:10:26 (resources.file["/etc/web.conf"].notify.command)',
    ]);
    expect(
      await failuresOf(() => read("stack: shop\nresources: { file: { /a: { notify: { command: [a] } } } }\n")),
    ).toEqual(['declaration.missing-key stack.yaml:2:22 (resources.file["/a"].content)']);
  });

  it("is told with line and column what is wrong in its content", async () => {
    const text = door("upstream {\n\n  {{#each groups.web}} {{prot}}\n  {{/each}}");
    expect(await failuresOf(() => read(text))).toEqual([
      'declaration.bad-content stack.yaml:8:32 (resources.file["/etc/web.conf"].content)',
    ]);
    expect(await wordsOf(() => read(text))).toContain("/etc/web.conf: `{{prot}}` is not known (did you mean `port`?)");
    const folded =
      'stack: shop\nresources: { file: { /a: { content: "\\n\\n{{prot}}", check: { command: ["${file}"] } } } }\n';
    expect(await failuresOf(() => read(folded))).toEqual([
      'declaration.bad-content stack.yaml:2:37 (resources.file["/a"].content)',
    ]);
  });

  it("is refused for a group that is not there, and a port of members that have none", async () => {
    const text = door("{{#each groups.wbe}}{{slot}}{{port}}{{/each}}\n{{#each groups.db}}{{port}}{{/each}}");
    expect(await failuresOf(() => check(text))).toEqual([
      'declaration.bad-content stack.yaml:6:9 (resources.file["/etc/web.conf"].content)',
      'declaration.bad-content stack.yaml:7:28 (resources.file["/etc/web.conf"].content)',
    ]);
    expect(await wordsOf(() => check(text))).toContain("there is no group `wbe` (did you mean `web`?) Known: web, db.");
    await check(door("{{#each groups.web}}{{port}}{{/each}}"));
  });

  it("is checked against the schema of its type, and by its provider", async () => {
    expect(await failuresOf(() => check(door("x", 'mode: "644"')))).toEqual([
      'declaration.bad-property stack.yaml:7:13 (resources.file["/etc/web.conf"].mode)',
    ]);
    const relative = "stack: shop\nresources: { file: { etc/motd: { content: hello } } }\n";
    expect(await failuresOf(() => check(relative))).toEqual([
      'declaration.bad-property stack.yaml:2:32 (resources.file["etc/motd"])',
    ]);
    expect(await failuresOf(() => check(door("x"), catalogOf(thing, listener)))).toEqual([
      "declaration.unknown-type stack.yaml:3:3 (resources.file)",
    ]);
    const refusing = async (): Promise<Provider> => ({
      ...{ known: "claim", scope: "/", read: open, create: open, destroy: open },
      validate: ({ path }) => Promise.reject(new ProviderError("invalid", `${path} is outside`)),
    });
    const refused = await failuresOf(() => check(door("x"), catalogOf(thing, listener, file), refusing));
    expect(refused).toContain('declaration.refused stack.yaml:4:5 (resources.file["/etc/web.conf"])');
  });
});

describe("an entry of files", () => {
  const text = (entry: string, others = groups) => `stack: shop\nresources:\n  file:\n    /a: ${entry}\n${others}`;
  const isFront = (entry: string) => Object.keys(read(text(entry)).stack.fronts).length === 1;

  it("follows groups where its content names one, or where it has a command of its own", () => {
    for (const content of [
      "{{#each groups.web}}{{/each}}",
      "{{ #if groups.web }}{{/if}}",
      "\\\\{{#each groups.web}}",
    ]) {
      expect(isFront(`{ content: "${content}" }`), content).toBe(true);
    }
    expect(isFront('{ content: x, check: { command: ["${file}"] } }')).toBe(true);
    expect(isFront("{ content: x, notify: { command: [a] } }")).toBe(true);
  });

  it("is a resource otherwise, and its content is taken as it is", () => {
    const contents = [
      "hello",
      "{{ .Values.port }}",
      "{{#each items}}{{name}}{{/each}}",
      "\\{{",
      "{{port}}",
      "{{",
      "{%",
    ];
    for (const content of contents) {
      const { stack } = read(text(JSON.stringify({ content })));
      expect(stack.fronts, content).toEqual({});
      expect(stack.resources["file./a"]?.properties, content).toEqual({ content });
    }
    expect(isFront("{ content: x, notify: file./b }")).toBe(false);
    expect(isFront("{ mode: x }")).toBe(false);
  });

  it("is told of a slip of the hand that would leave a group's name in the file", async () => {
    const slips = ["{{#each group.web}}{{/each}}", "{{#eahc groups.web}}{{/eahc}}", "{{#each web}}{{/each}}"];
    for (const content of slips) {
      expect(await failuresOf(() => read(text(`{ content: "${content}" }`))), content).toContainEqual(
        expect.stringContaining("declaration.bad-content stack.yaml:4:"),
      );
    }
  });

  it("cannot be both: it is said why, and what to do", async () => {
    const own =
      "ensure: present, dependsOn: a.b, protect: true, ignore: [], onDrift: report, provider: a, allow: [], checks: []";
    const both = text(`{ content: "{{#if groups.web}}{{/if}}", ${own} }`);
    expect(await failuresOf(() => read(both))).toEqual(
      ["ensure", "dependsOn", "protect", "ignore", "onDrift", "provider", "allow", "checks"].map((key) =>
        expect.stringMatching(`^declaration\\.not-for-front stack\\.yaml:4:\\d+ .*\\.${key}\\)$`),
      ),
    );
    expect(await wordsOf(() => read(text("{ content: x, notify: { command: [a] }, protect: true }")))).toBe(
      "/a has a `notify` with a command, so it follows groups, and takes no `protect` " +
        "Leave out one of them: without a `notify` with a command it is a resource like others.",
    );
  });
});

it("stays declared when the last group goes, and is no part of what a group rests on", () => {
  const { document } = read(door("x"));
  const left = withoutGroup(withoutGroup(document, "web") ?? document, "db");
  expect(left?.data).toMatchObject({ groups: {}, resources: { file: {} } });
  expect(onlyGroup(document, "web").data).not.toHaveProperty("resources");
});
