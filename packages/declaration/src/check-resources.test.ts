import type { JsonObject } from "@muster/model";
import { type Catalog, type ClaimedProvider, ProviderError, type TaskType, type Type } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type CheckDeps, checkStack } from "./check.ts";
import { sourceOf } from "./source.ts";
import { stackOf } from "./stack.ts";
import { failuresOf, read, wordsOf } from "./testing.ts";

const open = () => Promise.reject(new Error("nothing is opened here"));
const base = { summary: "", settings: z.strictObject({}), effects: {}, settleMs: 0, local: true, open } as const;
const as = (schema: z.ZodType) => schema as z.ZodType<JsonObject>;

const file: Type = {
  ...{ ...base, known: "claim", name: "file", naming: "path" },
  schema: as(
    z.strictObject({
      path: z.string().startsWith("/", "must begin with a slash"),
      content: z.string().optional(),
      mode: z.string().length(4, "must have four digits").optional(),
    }),
  ),
  exclusive: ({ path }) => [String(path)],
  restsOn: ({ path }) => [String(path).replace(/\/[^/]*$/, "")],
};
const directory: Type = { ...file, name: "directory", schema: as(z.strictObject({ path: z.string() })) };
const droplet: Type = {
  ...{ ...base, known: "tags", name: "droplet", naming: "name", family: "cloud", local: false },
  settings: as(z.strictObject({ token: z.string(), depth: z.int().optional() })),
  schema: as(
    z
      .strictObject({
        ...{ name: z.string(), region: z.enum(["lon1", "ams3"]), count: z.int().max(9, "is too many").optional() },
        ...{ keys: z.array(z.string()).optional(), password: z.string().min(8, "is too short").optional() },
        nested: z.strictObject({ deep: z.union([z.string(), z.strictObject({ secret: z.json() })]) }).optional(),
      })
      .refine(({ keys, password }) => keys !== undefined || password !== undefined, "needs keys or a password"),
  ),
  outputs: z.object({ public_address: z.string() }),
};
const volume: Type = {
  ...droplet,
  name: "volume",
  schema: as(z.strictObject({ name: z.string(), size: z.int() })),
  outputs: z.object({ device: z.string() }),
};
const command: TaskType = {
  ...{ known: "task", name: "command", naming: "name", summary: "", settings: as(z.strictObject({})), open },
  schema: as(z.strictObject({ name: z.string(), run: z.array(z.string()) })),
};
const thing: Type = {
  ...base,
  known: "tags",
  name: "thing",
  schema: as(z.strictObject({ note: z.string().optional() })),
};

const { exclusive: _, restsOn: __, ...known } = directory;
const mount: Type = { ...known, name: "mount" };

const types = [file, directory, droplet, volume, thing, mount];
const catalog: Catalog = {
  type: (name) => types.find((type) => type.name === name),
  flavor: (name) =>
    name === "vanilla" ? { name, summary: "", schema: as(z.strictObject({})), effects: {} } : undefined,
  task: (name) => (name === "command" ? command : undefined),
  taskNames: () => ["command"],
  typeNames: () => types.map(({ name }) => name),
  flavorNames: () => ["vanilla"],
  onChange: () => () => undefined,
};
const given = { cloud: { token: "t" } };

function checking(text: string, deps: CheckDeps = {}): () => Promise<unknown> {
  const { stack, source } = read(text);
  return () => checkStack(stack, source, catalog, { given, ...deps });
}

/** Each line stands under `resources`, from line 3 on. */
const stack = (...lines: readonly string[]) =>
  ["stack: shop", "resources:", ...lines.map((l) => `  ${l}`), ""].join("\n");
const failures = (text: string, deps?: CheckDeps) => failuresOf(checking(text, deps));
const words = (text: string, deps?: CheckDeps) => wordsOf(checking(text, deps));
const web = "region: lon1, keys: [a]";

describe("resources that can be", () => {
  it("pass, whatever they take from each other", async () => {
    const text = stack(
      "directory:",
      "  /srv/web:",
      "droplet:",
      `  web-1: { ${web}, count: 3, nested: { deep: { secret: { env: A } } } }`,
      '  web-2: { region: "${droplet.web-1.region}", keys: ["${volume.v.device}"], count: "${droplet.web-1.count}" }',
      "  old: { ensure: absent, dependsOn: droplet.web-1 }",
      "volume:",
      '  v: { size: "${droplet.web-1.count}", provider: cloud }',
      "file:",
      '  /srv/web/a: { content: "$${droplet.web-9.x} ${droplet.web-2.public_address} ${a}", notify: command.reload }',
      "command:",
      '  reload: { run: ["echo", "${file./srv/web/a.path}"], dependsOn: [droplet.web-1, directory./srv/web] }',
    );
    expect(await failures(text)).toEqual([]);
  });

  it("pass when they come from the store, and what is wrong there has its path", async () => {
    const { stack: found, document } = read(stack("droplet:", "  a: { region: nowhere, keys: [] }"));
    expect(await failuresOf(() => checkStack(found, sourceOf(document), catalog, { given }))).toEqual([
      "declaration.bad-property (resources.droplet.a.region)",
    ]);
  });
});

describe("a resource that its type does not take", () => {
  it("is told with its place: a type, a property, a value, a name", async () => {
    const text = stack(
      "dropplet: { a: {} }",
      "droplet:",
      "  a: { region: lon2, keys: [a], regoin: lon1, count: 12, nested: { deep: 3 } }",
      "  b: { keys: [a] }",
      "file:",
      "  etc/motd: {}",
    );
    expect(await failures(text)).toEqual([
      "declaration.unknown-type stack.yaml:3:3 (resources.dropplet)",
      "declaration.bad-property stack.yaml:5:18 (resources.droplet.a.region)",
      "declaration.unknown-key stack.yaml:5:35 (resources.droplet.a.regoin)",
      "declaration.bad-property stack.yaml:5:56 (resources.droplet.a.count)",
      "declaration.wrong-kind stack.yaml:5:76 (resources.droplet.a.nested.deep)",
      "declaration.bad-property stack.yaml:6:5 (resources.droplet.b.region)",
      'declaration.bad-property stack.yaml:8:15 (resources.file["etc/motd"])',
    ]);
    expect(await words(stack("file: { /a: { ensur: absent } }"))).toContain(
      "(did you mean `ensure`?) Known here: path",
    );
    expect(await words(text)).toContain("there is no type `dropplet` (did you mean `droplet`?) Known: file, directory");
    expect(await failures(stack("droplet:", "  a: { region: lon1 }"))).toEqual([
      "declaration.bad-property stack.yaml:4:8 (resources.droplet.a)",
    ]);
  });

  it("may be found by another name than its own, which then is what is checked", async () => {
    expect(await failures(stack("file: { motd: { path: /etc/motd } }"))).toEqual([]);
    expect(await failures(stack("file: { motd: { path: etc/motd } }"))).toEqual([
      "declaration.bad-property stack.yaml:3:25 (resources.file.motd.path)",
    ]);
  });

  it("is left in peace about what it has not, where it is to be gone; what it has is checked", async () => {
    expect(await failures(stack("droplet:", "  a: { ensure: absent }", "  b: { ensure: absent, region: x }"))).toEqual([
      "declaration.bad-property stack.yaml:5:34 (resources.droplet.b.region)",
    ]);
  });

  it("cannot ignore what it does not have", async () => {
    const text = stack("droplet:", `  a: { ${web}, ignore: [count, kyes] }`);
    expect(await failures(text)).toEqual(["declaration.unknown-key stack.yaml:4:51 (resources.droplet.a.ignore[1])"]);
    expect(await words(text)).toContain("`kyes` is not known here (did you mean `keys`?)");
  });
});

describe("a value that is not known yet", () => {
  it("is neither missing nor wrong, and the others are checked", async () => {
    const text = stack(
      "volume:",
      "  v: { size: 1 }",
      "droplet:",
      '  a: { region: "${volume.v.device}", password: { secret: { command: [pass, show] } }, count: 99 }',
      '  b: { region: lon1, keys: { nested: ["x ${volume.v.device}"] }, paswort: { secret: { env: A } } }',
    );
    expect(await failures(text)).toEqual([
      "declaration.bad-property stack.yaml:6:96 (resources.droplet.a.count)",
      "declaration.unknown-key stack.yaml:7:68 (resources.droplet.b.paswort)",
    ]);
  });

  it("is known all the same where another resource declares it, and keeps its kind", async () => {
    const text = stack(
      "droplet:",
      `  a: { ${web}, count: 3 }`,
      '  b: { region: "${droplet.a.count}", keys: [a], count: "x${droplet.a.count}" }',
      '  c: { region: "${droplet.a.region}", keys: "${droplet.d.keys}", count: "${droplet.d.count}" }',
      '  d: { region: "${droplet.a.region}", keys: ["${droplet.a.name}"], count: 1 }',
    );
    expect(await failures(text)).toEqual([
      "declaration.bad-property stack.yaml:5:18 (resources.droplet.b.region)",
      "declaration.wrong-kind stack.yaml:5:58 (resources.droplet.b.count)",
    ]);
  });
});

describe("a secret", () => {
  it("is told to be wrong where it stands", async () => {
    const text = stack(
      "droplet:",
      "  a: { region: lon1, password: { secret: { fille: /key } } }",
      "  b: { region: lon1, password: { secret: { file: key } } }",
      '  c: { region: lon1, password: { secret: { env: "${droplet.a.name}" } } }',
      "  d: { region: lon1, keys: [a], name: { secret: { env: A } } }",
    );
    expect(await failures(text)).toEqual([
      "declaration.missing-key stack.yaml:4:36 (resources.droplet.a.password.secret.env)",
      "declaration.unknown-key stack.yaml:4:46 (resources.droplet.a.password.secret.fille)",
      "declaration.bad-property stack.yaml:5:52 (resources.droplet.b.password.secret.file)",
      "declaration.bad-reference stack.yaml:6:51 (resources.droplet.c.password.secret.env)",
      "declaration.resources-contradict stack.yaml:7:41 (resources.droplet.d.name)",
    ]);
  });

  it("is given to no other thing", async () => {
    const text = stack(
      "droplet:",
      "  a: { region: lon1, password: { secret: { env: A } } }",
      'file: { /a: { content: "pw=${droplet.a.password}" } }',
    );
    expect(await words(text)).toContain("`password` is a secret, and no other thing is given it");
  });
});

describe("what a resource speaks of", () => {
  it("has to be there: the nearest is named, and how to mean the text itself", async () => {
    const text = stack(
      "droplet:",
      `  web-1: { ${web}, dependsOn: [droplet.wbe-1], notify: command.relaod }`,
      "command: { reload: { run: [a] } }",
      "file:",
      '  /etc/a.conf: { content: "${droplet.web1.name} ${project.build.dir} ${droplet.web-1.adress}" }',
      '  /etc/b: { content: "${file./etc/a.conf} ${droplet.web-1.self}" }',
    );
    expect(await failures(text)).toEqual([
      "declaration.unknown-resource stack.yaml:4:51 (resources.droplet.web-1.dependsOn[0])",
      "declaration.unknown-resource stack.yaml:4:75 (resources.droplet.web-1.notify)",
      'declaration.unknown-resource stack.yaml:7:29 (resources.file["/etc/a.conf"].content)',
      'declaration.unknown-type stack.yaml:7:29 (resources.file["/etc/a.conf"].content)',
      'declaration.bad-reference stack.yaml:7:29 (resources.file["/etc/a.conf"].content)',
      'declaration.bad-reference stack.yaml:8:24 (resources.file["/etc/b"].content)',
      'declaration.bad-reference stack.yaml:8:24 (resources.file["/etc/b"].content)',
    ]);
    const said = await words(text);
    expect(said).toContain("there is no resource `droplet.wbe-1` (did you mean `droplet.web-1`?) Declare it, or leave");
    expect(said).toContain("there is no resource `command.relaod` (did you mean `command.reload`?)");
    expect(said).toContain(
      "there is no resource `droplet.web1` (did you mean `droplet.web-1`?) Declare it. To write `${`",
    );
    expect(said).toContain(
      "there is no type `project` Known: file, directory, droplet, volume, thing, mount, command. To write",
    );
    expect(said).toContain("`${file./etc/a.conf}`: it names a resource, and none of its properties Write");
  });

  it("is noticed where it was written with a slip; a text for somebody else is left alone", async () => {
    const text = [
      "stack: shop",
      "resources:",
      "  file:",
      "    /b: { content: b }",
      "    /c:",
      "      content: |",
      "        ${file/b.content} ${File./b.content} ${ file./b.content } ${self.slot}",
      "        ${HOME} ${x:-y} ${} ${a/b} $${file./b} ${file./b.content",
      "",
    ].join("\n");
    expect(await failures(text)).toEqual([
      ...[9, 27, 46, 67].map((at) => `declaration.bad-reference stack.yaml:7:${at} (resources.file["/c"].content)`),
      'declaration.bad-reference stack.yaml:8:48 (resources.file["/c"].content)',
    ]);
    const said = await words(text);
    expect(said).toContain("`${file/b.content}`: it is no reference Write `${file./b.PROPERTY}`.");
    expect(said).toContain("`self` is a member of a group, and a resource is none");
    expect(said).toContain("`${file./b.content`: it is not closed Close it with `}` on the same line.");
  });

  it("is found in lists and mappings, and its place is told", async () => {
    const text = stack(
      "droplet:",
      '  a: { region: lon1, keys: [x, "${droplet.b.name}"], nested: { deep: "${droplet.a.nmae}" } }',
    );
    expect(await failures(text)).toEqual([
      "declaration.unknown-resource stack.yaml:4:34 (resources.droplet.a.keys[1])",
      "declaration.ring stack.yaml:4:64 (resources.droplet.a.nested)",
      "declaration.bad-reference stack.yaml:4:72 (resources.droplet.a.nested.deep)",
    ]);
    expect(await words(text)).toContain("droplet has no `nmae` (did you mean `name`?) Known: name, region, count");
  });

  it("is not to be gone, unless it goes as well", async () => {
    const text = stack(
      "droplet:",
      "  old: { ensure: absent }",
      "  older: { ensure: absent, dependsOn: droplet.old }",
      `  a: { ${web}, dependsOn: [droplet.old] }`,
      '  b: { region: lon1, keys: ["${droplet.old.name}"], notify: [droplet.old] }',
      "directory: { /srv: { ensure: absent } }",
      "file: { /srv/a: {} }",
    );
    expect(await failures(text)).toEqual([
      "declaration.resources-contradict stack.yaml:6:47 (resources.droplet.a.dependsOn[0])",
      "declaration.bad-reference stack.yaml:7:31 (resources.droplet.b.keys[0])",
      "declaration.resources-contradict stack.yaml:7:64 (resources.droplet.b.notify[0])",
      'declaration.resources-contradict stack.yaml:9:11 (resources.file["/srv/a"])',
    ]);
    expect(await words(text)).toContain("`file./srv/a`: it rests on `directory./srv` (/srv), which is to be gone");
  });

  it("is no file that follows groups", async () => {
    const text = stack(
      "file:",
      '  /etc/web.conf: { content: "{{#if groups.web}}{{/if}} ${file./b.path}" }',
      '  /b: { dependsOn: file./etc/web.conf, content: "${file./etc/web.conf.content}" }',
    );
    const whole = `${text}groups: { web: { size: 1, template: { thing: { note: "\${file./b.path} \${a.b.c}" } } } }\n`;
    expect(await failures(whole)).toEqual([
      'declaration.bad-reference stack.yaml:4:31 (resources.file["/etc/web.conf"].content)',
      'declaration.unknown-resource stack.yaml:5:22 (resources.file["/b"].dependsOn)',
      'declaration.bad-reference stack.yaml:5:51 (resources.file["/b"].content)',
      "declaration.bad-reference stack.yaml:6:54 (groups.web.template.thing.note)",
    ]);
    expect(await words(whole)).toContain("It is a file that follows groups: nothing waits for it");
    expect(await words(whole)).toContain("only resources can take values from resources so far");
  });
});

describe("resources together", () => {
  it("go in no ring: it is named, and who says what", async () => {
    const text = stack(
      "droplet:",
      "  a: { ensure: absent, notify: command.c }",
      `  b: { ${web}, dependsOn: [volume.v] }`,
      'volume: { v: { size: "${command.c.run}" } }',
      "command: { c: { run: [a], dependsOn: droplet.b } }",
    );
    expect(await failures(text)).toEqual(["declaration.ring stack.yaml:7:40 (resources.command.c.dependsOn)"]);
    expect(await words(text)).toBe(
      "each of these must come before the next: droplet.b → command.c → volume.v → droplet.b Take out one of them: " +
        "`command.c` depends on `droplet.b`; `size` of `volume.v` refers to `command.c`; `droplet.b` depends on `volume.v`.",
    );
    const self = stack("file: { /a: { dependsOn: file./a } }");
    expect(await failures(self)).toEqual(['declaration.ring stack.yaml:3:28 (resources.file["/a"].dependsOn)']);
    const implied = stack("directory: { /srv: { dependsOn: file./srv/a } }", "file: { /srv/a: {} }");
    expect(await words(implied)).toContain("`file./srv/a` rests on `directory./srv` (/srv)");
  });

  it("are told of a ring of five thousand in a few words", async () => {
    const entries = Array.from({ length: 5_000 }, (_, i) => [`/${i}`, { dependsOn: `file./${(i + 1) % 5_000}` }]);
    const said = await words(JSON.stringify({ stack: "shop", resources: { file: Object.fromEntries(entries) } }));
    expect(said).toContain("each of these must come before the next: file./");
    expect(said).toMatch(/→ \(4993 more\) → file/);
    expect(said.length).toBeLessThan(1_500);
  });

  it("do not hold the same, unless one is gone first", async () => {
    const text = stack("directory: { /a: {}, /b: {} }", "file: { /a: { ensure: absent }, /b: {}, c: { path: /b } }");
    expect(await failures(text)).toEqual([
      'declaration.resources-contradict stack.yaml:4:35 (resources.file["/b"])',
      "declaration.resources-contradict stack.yaml:4:43 (resources.file.c)",
    ]);
    expect(await words(text)).toContain("`file./b`: `directory./b` has `/b` already, and two things cannot have it");
    const named = stack("mount: { /a: {}, b: { path: /a }, c: { path: /c, ensure: absent }, /c: { ensure: absent } }");
    expect(await failures(named)).toEqual(["declaration.resources-contradict stack.yaml:3:20 (resources.mount.b)"]);
    const both = stack("file: { /a: { ensure: absent }, b: { path: /a } }");
    expect(await failures(both)).toEqual(["declaration.resources-contradict stack.yaml:3:35 (resources.file.b)"]);
    const front = stack("file: { /a: { content: x, check: { command: ['${file}'] } }, b: { path: /a } }");
    expect(await failures(front)).toEqual(["declaration.resources-contradict stack.yaml:3:64 (resources.file.b)"]);
    const gone = stack(
      "file: { /a: { content: x, check: { command: ['${file}'] } } }",
      "directory: { /a: { ensure: absent } }",
    );
    expect(await failures(gone)).toEqual([
      'declaration.resources-contradict stack.yaml:4:16 (resources.directory["/a"])',
    ]);
  });
});

describe("the settings that a resource is made with", () => {
  const providers = (...lines: readonly string[]) =>
    ["stack: shop", "providers:", ...lines.map((line) => `  ${line}`), "resources:", "  droplet:"].join("\n");

  it("may be those of an entry with a name of its own, of its type or its family", async () => {
    const text = providers("london: { type: cloud, token: a }", "paris: { type: droplet, token: b }");
    const chosen = `${text}\n    a: { ${web}, provider: london }\n    b: { ${web}, provider: paris }`;
    expect(await failures(chosen, { given: {} })).toEqual([]);
    expect(await failures(`${chosen}\n    c: { ${web} }`, { given: {} })).toEqual(["settings.bad"]);
    expect(await failures(`${chosen}\n    c: { ${web}, provider: cloud }`)).toEqual([]);
  });

  it("have to be there, and to be for its type", async () => {
    const text = providers("london: { type: volume, token: a }", "cloud: { token: b }");
    const chosen = `${text}\n    a: { ${web}, provider: londn }\n    b: { ${web}, provider: london }`;
    expect(await failures(chosen)).toEqual([
      "declaration.unknown-provider stack.yaml:7:45 (resources.droplet.a.provider)",
      "declaration.resources-contradict stack.yaml:8:45 (resources.droplet.b.provider)",
    ]);
    expect(await words(chosen)).toContain("there is no provider `londn` (did you mean `london`?)");
    expect(await words(chosen)).toContain("the provider `london` is one of volume, and not of droplet");
  });

  it("are checked where they stand, once for all kin", async () => {
    const text = providers(
      "cloud: { depth: x }",
      "london: { type: cloud, token: 3 }",
      "volume: { type: droplet, token: a }",
    );
    expect(await failures(`${text}\n    a: { ${web} }\n  volume: { v: { size: 1 } }`, { given: {} })).toEqual([
      "declaration.missing-key stack.yaml:3:3 (providers.cloud.token)",
      "declaration.wrong-kind stack.yaml:3:19 (providers.cloud.depth)",
      "declaration.wrong-kind stack.yaml:4:33 (providers.london.token)",
      "declaration.bad-property stack.yaml:5:19 (providers.volume.type)",
    ]);
    const nowhere = stack("droplet:", `  a: { ${web} }`, "volume: { v: { size: 1 } }");
    expect(await words(nowhere, { given: {} })).toBe(
      "provider `cloud`: `token` is missing `muster explain TYPE`, with a type of it, tells its settings.",
    );
    expect(await failures(nowhere, { given: { london: {} } })).toEqual(["settings.unknown-provider", "settings.bad"]);
  });

  it("may be given to a family, to a type and to an entry at the command line", async () => {
    const text = `${providers("london: { type: cloud }")}\n    a: { ${web}, provider: london }`;
    expect(await failures(text, { given: { london: { token: "x" } } })).toEqual([]);
    expect(await failures(text, { given: { london: { token: 7 } } })).toEqual(["settings.bad"]);
    expect(await failures(stack("droplet:", `  a: { ${web} }`), { given: { droplet: { token: "x" } } })).toEqual([]);
  });
});

describe("providers", () => {
  const files = (own: Partial<ClaimedProvider>): ClaimedProvider => ({
    ...{ known: "claim", scope: "/", read: open, create: open, destroy: open },
    ...own,
  });

  it("are asked about what is known whole, with the settings that were chosen, and each is opened once", async () => {
    const opened: string[] = [];
    const asked: JsonObject[] = [];
    const deps: CheckDeps = {
      async opened(type, entry) {
        opened.push(`${type.name} ${entry ?? "-"}`);
        const validate = async (want: JsonObject) => void asked.push(want);
        return files({ validate });
      },
    };
    const text = stack(
      'file: { /a: { content: "${file./b.mode}!" }, /b: { mode: "0644" }, /c: { content: { secret: { env: A } } } }',
      "droplet: { old: { ensure: absent } }",
      "volume: { v: { size: 1, provider: cloud }, w: { size: 2 } }",
    );
    expect(await failures(text, deps)).toEqual([]);
    expect(asked).toEqual([
      { path: "/b", mode: "0644" },
      { path: "/a", content: "0644!" },
      { name: "v", size: 1 },
      { name: "w", size: 2 },
    ]);
    expect(opened).toEqual(["file -", "volume cloud", "volume -"]);
  });

  it("are heard with the place of what they refuse; why one cannot be asked is told once", async () => {
    const deps: CheckDeps = {
      async opened({ name }) {
        if (name === "volume") throw new ProviderError("denied", "no right");
        return files({
          validate: ({ path }) =>
            Promise.reject(new ProviderError("invalid", `${String(path)} is refused`, { property: "mode" })),
        });
      },
      async openedTask() {
        return { scope: "", due: open, run: open, validate: () => Promise.reject(new ProviderError("invalid", "no")) };
      },
    };
    const text = stack(
      "volume: { v: { size: 1 }, w: { size: 2 } }",
      'file: { /a: {}, /b: { mode: "0600" } }',
      "command: { c: { run: [a] } }",
    );
    expect(await failures(text, deps)).toEqual([
      "provider.denied stack.yaml:3:3 (resources.volume)",
      'declaration.refused stack.yaml:4:11 (resources.file["/a"])',
      'declaration.refused stack.yaml:4:31 (resources.file["/b"].mode)',
      "declaration.refused stack.yaml:5:14 (resources.command.c)",
    ]);
  });

  it("have to be able to do what they are told of by notify", async () => {
    const deps = (own: Partial<ClaimedProvider>): CheckDeps => ({ opened: async () => files(own) });
    const text = stack("file: { /a: { notify: [command.c, file./b] }, /b: {} }", "command: { c: { run: [a] } }");
    expect(await failures(text, deps({ refresh: open }))).toEqual([]);
    expect(await failures(text, deps({}))).toEqual([
      'declaration.resources-contradict stack.yaml:3:37 (resources.file["/a"].notify[1])',
    ]);
    expect(await words(text, deps({}))).toContain("it tells `file./b`, and nothing can be done to things of type file");
  });

  it("have to be able to tell all that there is, where what is not declared is looked for", async () => {
    const text = "stack: shop\npurge: { file: noop, flie: noop, command: noop }\ngroups: {}";
    expect(await failures(text)).toEqual([
      "declaration.unknown-type stack.yaml:2:22 (purge.flie)",
      "declaration.not-purgeable stack.yaml:2:34 (purge.command)",
    ]);
    const good = "stack: shop\npurge: { file: destroy }\ngroups: {}";
    expect(await failures(good, { opened: async () => files({}) })).toEqual([
      "declaration.not-purgeable stack.yaml:2:10 (purge.file)",
    ]);
    async function* all(): ReturnType<NonNullable<ClaimedProvider["list"]>> {
      yield [];
    }
    expect(await failures(good, { opened: async () => files({ list: all }) })).toEqual([]);
  });
});

describe("many resources", () => {
  it("are checked in one pass: ten thousand, each with its directory and a reference", async () => {
    const entries = Array.from({ length: 5_000 }, (_, i) => [
      `/srv/${i}/a`,
      { content: "${directory./srv/0.path}", dependsOn: [`directory./srv/${i}`] },
    ]);
    const directories = Array.from({ length: 5_000 }, (_, i) => [`/srv/${i}`, {}]);
    const resources = { file: Object.fromEntries(entries), directory: Object.fromEntries(directories) };
    const document = { dialect: "muster", data: { stack: "many", resources } } as const;
    expect((await checkStack(stackOf(document), sourceOf(document), catalog)).data).toBe(document.data);
  });

  it("are told of a hundred faults, and not of more", async () => {
    const entries = Array.from({ length: 5_000 }, (_, i) => [`/${i}`, { dependsOn: [`file./srv/${i}`], bad: 1 }]);
    const text = JSON.stringify({ stack: "many", resources: { file: Object.fromEntries(entries) } });
    expect(await failures(text)).toHaveLength(100);
  });
});
