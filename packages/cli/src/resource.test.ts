import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";

const NOTE = resolve(import.meta.dirname, "../../../examples/plugin-typescript/note.ts");

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

/** A file of the house with a mode that no umask has touched. */
async function write(name: string, content: string): Promise<string> {
  const path = await house.write(name, content);
  expect((await house.run("resource", "file", path, "mode=0640", "--yes")).code).toBe(0);
  return path;
}

const notes = () => house.start("plugin", "run", NOTE, "--dir", "./notes").says("serves");
const note = (text: string) =>
  house.run("resource", "note", "--output", "json", "--all").then(({ out }) => {
    const { things } = JSON.parse(out);
    return things.find((each: { properties: { text: string } }) => each.properties.text === text);
  });

describe("muster types and muster explain", () => {
  it("list what there is, tasks and the types of plugins too", async () => {
    await notes();
    const { code, out, err } = await house.run("types");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^TYPE +KNOWN BY +NAMED BY +FOR +FAMILY +PLUGIN +WHAT IT IS$/m);
    expect(out).toMatch(/^file +claims +path +resources, groups +- +- +A plain file/m);
    expect(out).toMatch(/^note +marks +- +resources, groups +- +note +a text file in a directory$/m);
    const types = JSON.parse((await house.run("types", "--output", "json")).out);
    expect(types).toContainEqual({
      ...{ name: "note", summary: "a text file in a directory", known: "tags", groups: true, plugin: "note" },
    });
  });

  it("say what a type takes, and of one property what a change of it does", async () => {
    const { out } = await house.run("explain", "file");
    expect(out).toMatch(
      /^file {2}A plain file: its content, mode, owner and group\nknown by a claim in the store · named by `path`/,
    );
    expect(out).toMatch(/^ {2}mode +text +in-place +Four octal digits/m);
    expect(out).toMatch(/^SETTINGS\n {2}root +text +Files must lie below/m);
    expect((await house.run("explain", "file.path")).out).toBe(
      "file.path  text, required, the name of the resource unless told\n" +
        "  Where the file is: an absolute path without `.` and `..`\n" +
        "  a change of it: another one takes its place\n",
    );
    const detail = JSON.parse((await house.run("explain", "file", "--output", "json")).out);
    expect(detail.properties[0]).toMatchObject({ name: "path", kind: "text", required: true, effect: "replace" });
    expect(JSON.parse((await house.run("explain", "file.mode", "--output", "json")).out)).toEqual(detail.properties[2]);
  });

  it("say of a slip what may be meant", async () => {
    const type = await house.run("explain", "flie");
    expect([type.code, type.err]).toEqual([
      2,
      expect.stringContaining("there is no type `flie` (did you mean `file`?)"),
    ]);
    const property = await house.run("explain", "file.mod");
    expect([property.code, property.err]).toEqual([
      ...[2, expect.stringContaining("file has no property `mod` (did you mean `mode`?)")],
    ]);
  });

  it("say which plugin could not be asked", async () => {
    const plugin = house.start("plugin", "run", NOTE, "--dir", "./notes");
    await plugin.says("serves");
    plugin.signal("SIGKILL");
    await plugin.ended;
    const { code, out, err } = await house.run("types");
    expect([code, err]).toEqual([0, expect.stringContaining("plugin note is left out: ")]);
    expect(out).not.toContain("a text file in a directory");
  });
});

describe("muster resource", () => {
  it("shows one thing, declared or not, as an entry of a stack, and leaves no trace", async () => {
    const path = await write("motd", "Welcome ${USER}\n");
    const [owner, group] = [process.getuid?.() === 0 ? "root" : expect.any(String), expect.any(String)];
    const yaml = await house.run("resource", "file", path);
    expect([yaml.code, yaml.err]).toEqual([0, ""]);
    expect(yaml.out).toMatch(new RegExp(`^resources:\n  file:\n    ${path}:\n      mode: "0640"\n      owner: `));
    expect(yaml.out).toContain("      content: |\n        Welcome $${USER}\n");
    const json = JSON.parse((await house.run("resource", "file", path, "--output", "json")).out);
    expect(json).toEqual({
      ...{ resources: { file: { [path]: { mode: "0640", owner, group, content: "Welcome $${USER}\n" } } } },
    });
    expect((await house.run("resource", "file", path, "--output", "ts")).out).toContain(
      '      content: "Welcome $${USER}\\n",\n',
    );
    expect(existsSync(house.path(".local"))).toBe(false);
  });

  it("shows what can be pasted: a stack of it takes the thing in as it is", async () => {
    const path = await write("motd", "Welcome ${USER} $${x} {{y}}\n");
    const { out } = await house.run("resource", "file", path);
    await house.write("shop.yaml", `stack: shop\n${out}`);
    const planned = await house.run("plan", "shop.yaml");
    expect([planned.code, planned.out]).toEqual([
      ...[3, `shop  resources\n  + file.${path}  adopt (there already, and nobody's)\n  1 to adopt\n`],
    ]);
    expect((await house.run("apply", "shop.yaml", "--yes")).code).toBe(0);
    expect(readFileSync(path, "utf8")).toBe("Welcome ${USER} $${x} {{y}}\n");
    expect((await house.run("resource", "file", path)).out).toContain(
      `# belongs to resource file.${path} of stack shop\n`,
    );
    const { code, err } = await house.run("resource", "file", path, "mode=0600", "--yes");
    expect([code, err]).toEqual([2, expect.stringContaining("Change the declaration of stack `shop`")]);
  });

  it("leaves out what cannot be declared, and says why", async () => {
    const path = house.path("bytes");
    writeFileSync(path, Buffer.from([0x61, 0xff, 0x0a]));
    const { code, out } = await house.run("resource", "file", path);
    expect(code).toBe(0);
    expect(out).toContain("# its content is not text\n");
    expect(out).toMatch(/# content is left out: .*must be text that can be written as UTF-8\n/);
    expect(out).not.toMatch(/^ *content: /m);
    const front = await write("front", "{{#each groups.web}}\nx\n{{/each}}\n");
    expect((await house.run("resource", "file", front)).out).toMatch(/# content is left out: .*web/);
  });

  it("shows nothing of what its stack declares as a secret", async () => {
    const path = house.path("key");
    await house.write("secret.txt", "hunter2");
    const content = `{ secret: { file: ${house.path("secret.txt")} } }`;
    await house.write("shop.yaml", `stack: shop\nresources:\n  file:\n    ${path}: { content: ${content} }\n`);
    const applied = await house.run("apply", "shop.yaml", "--yes");
    expect([applied.code, applied.err]).toEqual([0, ""]);
    expect(readFileSync(path, "utf8")).toBe("hunter2");
    for (const output of ["yaml", "ts", "json"]) {
      const { code, out } = await house.run("resource", "file", path, "--all", "--output", output);
      expect([code, out.includes("hunter2"), out.includes('"0644"')]).toEqual([0, false, true]);
    }
    expect((await house.run("resource", "file", path)).out).toContain("# content: (secret)\n");
  });

  it("lists what can be listed, and tells what to do where nothing can", async () => {
    await notes();
    expect((await house.run("resource", "note")).out).toBe("# no note\n");
    const { code, err } = await house.run("resource", "file");
    expect(code).toBe(2);
    expect(err).toMatch(
      /error\[thing\.not-listable\].*\n {2}next: Name one: `muster resource file PATH`; or say where to look/,
    );
    const none = await house.run("resource", "file", house.path("none"));
    expect([none.code, none.err]).toEqual([2, expect.stringContaining("error[thing.not-found]: there is no file")]);
  });

  it("says whose a thing is, and shows what is nobody's apart", async () => {
    await notes();
    const group = "  board: { size: 1, template: { note: { text: Feed } } }";
    await house.write(
      "shop.yaml",
      `stack: shop\ngroups:\n${group}\n  paper: { members: [ann], template: { file: { path: "${house.path("{id}")}" } } }\n`,
    );
    const applied = await house.run("apply", "shop.yaml", "--yes");
    expect([applied.code, applied.err]).toEqual([0, ""]);
    expect((await house.run("resource", "note")).out).toContain("# belongs to group board of stack shop\n");
    expect((await house.run("resource", "note", "--unmanaged")).out).toBe("# no note that is not managed\n");
    const { id } = await note("Feed");
    for (const words of [
      ["note", id, "text=x"],
      ["file", house.path("ann"), "content=x"],
      ["note", id, "ensure=absent", "--yes"],
    ]) {
      const { code, err } = await house.run("resource", ...words);
      expect([code, err]).toEqual([2, expect.stringContaining("Change the declaration of stack `shop`")]);
    }
    expect(readFileSync(house.path("ann"), "utf8")).toBe("");
  });

  it("sets exactly what is named, tells what that was, and makes what is not there", async () => {
    const path = house.path("motd");
    const made = await house.run("resource", "file", path, "content=a", "mode=0600", "--yes");
    expect([made.code, made.out]).toEqual([0, `file ${path}  made\n  path: ${path}\n  content: a\n  mode: 0600\n`]);
    const { ino } = lstatSync(path);
    const changed = await house.run("resource", "file", path, "mode=0644", "content=a", "--yes");
    expect([changed.code, changed.out]).toEqual([0, `file ${path}  changed\n  mode: 0600 → 0644\n`]);
    expect([lstatSync(path).ino, readFileSync(path, "utf8")]).toEqual([ino, "a"]);
    expect((await house.run("resource", "file", path, "mode=0644", "--yes")).out).toBe(`file ${path}  is so already\n`);
    const json = JSON.parse((await house.run("resource", "file", path, "mode=0600", "--output", "json", "--yes")).out);
    expect(json).toEqual({
      ...{ type: "file", name: path, id: path, effect: "in-place" },
      changes: [{ property: "mode", before: "0644", after: "0600", effect: "in-place" }],
    });
  });

  it("says what it would do, and does it only where somebody has agreed", async () => {
    const path = await write("motd", "x");
    const asked = await house.run("resource", "file", path, "mode=0600");
    expect([asked.code, asked.out, lstatSync(path).mode & 0o777]).toEqual([2, "", 0o640]);
    expect(asked.err).toContain(`file ${path}  change in place\n  mode: 0640 → 0600\nerror[usage.not-confirmed]`);
    const { code, err } = await house.run("resource", "file", path, "ensure=absent");
    expect([code, err, existsSync(path)]).toEqual([2, expect.stringContaining("usage.not-confirmed"), true]);
    expect((await house.run("resource", "file", path, "ensure=absent", "--yes")).out).toBe(`file ${path}  destroyed\n`);
    expect(existsSync(path)).toBe(false);
  });

  it("ends with 1 where it fails, and changes nothing that it does not understand", async () => {
    const path = join(house.path("none"), "motd");
    const { code, err } = await house.run("resource", "file", path, "content=a", "--yes");
    expect([code, err]).toEqual([1, expect.stringContaining("error[provider.failed]: file: ")]);
    const there = await write("motd", "x");
    for (const [words, says] of [
      [["mode=644"], "four octal digits"],
      [["mod=0644"], "did you mean `mode`?"],
      [["mode"], "it sets nothing"],
      [["ensure=gone"], "`gone` is neither"],
      [["ensure=absent", "mode=0600"], "what is to be gone has no `mode`"],
      [["path=/x"], "another `path` can only be had by making it anew"],
    ] as const) {
      const refused = await house.run("resource", "file", there, ...words);
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(says)]);
    }
    const nameless = await house.run("resource", "file", "mode=0600", "--yes");
    expect([nameless.code, nameless.err]).toEqual([
      2,
      expect.stringContaining("whose `mode` is to be set is not said"),
    ]);
    expect([readFileSync(there, "utf8"), lstatSync(there).mode & 0o777]).toEqual(["x", 0o640]);
  });
});

describe("muster resource of droplets", () => {
  let droplet: (...words: readonly string[]) => ReturnType<House["run"]>;
  beforeEach(async () => {
    const account = house.start("dev", "digitalocean", "--droplets", "2");
    await account.says("DIGITALOCEAN_TOKEN=");
    const [, url = ""] = /DIGITALOCEAN_API_URL=(\S+)/.exec(account.out()) ?? [];
    const [, token = ""] = /DIGITALOCEAN_TOKEN=(\S+)/.exec(account.out()) ?? [];
    const reached = ["--set", `digitalocean.url=${url}`, "--set", `digitalocean.token=${token}`];
    droplet = (...words) => house.run("resource", "droplet", ...words, ...reached);
  });

  it("lists them with their ids, and what can only be read where it is asked for", async () => {
    const { code, out } = await droplet();
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^resources:\n {2}droplet:\n {4}# id \d+\n {4}droplet-1:\n/),
    ]);
    expect(out).not.toContain("public_address");
    expect((await droplet("droplet-1", "--all")).out).toMatch(/# public_address: "[\d.]+"\n/);
    const { things, resources } = JSON.parse((await droplet("--all", "--output", "json")).out);
    expect(Object.keys(resources.droplet)).toEqual(["droplet-1", "droplet-2"]);
    expect(things[0].outputs).toMatchObject({ status: "active", price_monthly: 6 });
  });

  it("sets one, and what cannot be taken back only where that is said", async () => {
    const resized = await droplet("droplet-1", "size=s-2vcpu-2gb", "--yes");
    expect([resized.code, resized.out]).toEqual([
      0,
      expect.stringMatching(/ \(\d+\) {2}changed and restarted\n {2}size: /),
    ]);
    expect(resized.out).toContain("$6.00 → $18.00 a month\n");
    const held = await droplet("droplet-1", "ipv6=true", "--yes");
    expect([held.code, held.err]).toEqual([2, expect.stringContaining("next: Add `--allow irreversible`")]);
    const allowed = await droplet("droplet-1", "ipv6=true", "--allow", "irreversible", "--yes");
    expect([allowed.code, allowed.out]).toEqual([0, expect.stringContaining("ipv6: false → true")]);
    expect((await droplet("droplet-1")).out).toMatch(/size: s-2vcpu-2gb\n.*\n {6}ipv6: true\n/);
  });

  it("asks for the id where two have one name, and tells them apart by it", async () => {
    await droplet("droplet-2", "name=droplet-1", "--yes");
    const { code, err } = await droplet("droplet-1");
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/more than one droplet is called `droplet-1`: \d+, \d+\n.*Give the id/),
    ]);
    const { things, resources } = JSON.parse((await droplet("--all", "--output", "json")).out);
    const [first, second] = things.map(({ id }: { id: string }) => id);
    expect(resources.droplet).toMatchObject({
      [`droplet-1-${first}`]: { id: first, name: "droplet-1" },
      [`droplet-1-${second}`]: { id: second, name: "droplet-1" },
    });
    expect((await droplet(second)).out).toContain(`    droplet-1:\n      id: "${second}"\n`);
  });
});

describe("muster import", () => {
  it("prints the declaration of what is there", async () => {
    const path = await write("motd", "x\n");
    const { code, out } = await house.run("import", "file", path);
    expect([code, out]).toEqual([0, (await house.run("resource", "file", path)).out]);
  });

  it("puts it into a stack that stays as it was written", async () => {
    const [motd, issue] = [await write("motd", "x\n"), await write("issue", "y\n")];
    const before = "# ours\nstack: shop   # so\nresources:\n  file:\n    /a: { content: a }  # keep\n";
    await house.write("shop.yaml", `${before}groups: {}\n`);
    const { code, out } = await house.run("import", "file", motd, issue, "--file", "shop.yaml");
    expect([code, out]).toEqual([
      0,
      `shop.yaml: added file.${motd}, file.${issue}\nnext: \`muster plan shop.yaml\` shows what becomes of it\n`,
    ]);
    const text = readFileSync(house.path("shop.yaml"), "utf8");
    expect(text.startsWith(`${before}    ${motd}:\n      mode: "0640"\n`)).toBe(true);
    expect(text.endsWith("        y\ngroups: {}\n")).toBe(true);
    const again = await house.run("import", "file", motd, "--file", "shop.yaml");
    expect([again.code, again.err]).toEqual([2, expect.stringContaining("it is declared in shop.yaml already")]);
    expect(readFileSync(house.path("shop.yaml"), "utf8")).toBe(text);
  });

  it("names what has no name of its own by its id", async () => {
    await notes();
    expect((await house.run("resource", "note", "x", "text=a", "--yes")).err).toContain(
      "none can be made under a name",
    );
    await house.write(
      "board.yaml",
      "stack: board\ngroups:\n  board: { size: 1, template: { note: { text: Feed } } }\n",
    );
    await house.run("apply", "board.yaml", "--yes");
    const { id } = await note("Feed");
    const owned = await house.run("import", "note", id);
    expect([owned.code, owned.err]).toEqual([2, expect.stringContaining("belongs to group board of stack board")]);
    await house.write(`notes/.tags/${id}.json`, "{}");
    expect((await house.run("import", "note", id)).out).toBe(
      `resources:\n  note:\n    ${id}:\n      id: ${id}\n      text: Feed\n`,
    );
    expect((await house.run("resource", "note", id, "text=Walk", "--yes")).code).toBe(0);
    expect(await note("Walk")).toMatchObject({ id });
  });

  it("refuses what is no thing of the type, and names the one that it is of", async () => {
    mkdirSync(house.path("there"));
    const { code, out, err } = await house.run("import", "file", house.path("there"));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("there is a directory");
    expect(err).toContain(`next: \`muster import directory ${house.path("there")}\` takes in what it is.`);
  });

  it("refuses what could not be read back, and writes nothing", async () => {
    const [bytes, front] = [house.path("bytes"), await write("front", "{{#each groups.web}}\nx\n{{/each}}\n")];
    writeFileSync(bytes, Buffer.from([0x61, 0xff, 0x0a]));
    const before = 'stack: shop\ngroups:\n  web: { members: [a], template: { file: { path: "/tmp/{id}" } } }\n';
    await house.write("shop.yaml", before);
    for (const path of [bytes, front]) {
      for (const words of [[], ["--file", "shop.yaml"]]) {
        const { code, out, err } = await house.run("import", "file", path, ...words);
        expect([code, out, err]).toEqual([2, "", expect.stringContaining("error[thing.not-declarable]")]);
      }
    }
    expect(readFileSync(house.path("shop.yaml"), "utf8")).toBe(before);
  });

  it("keeps every blank of a file", async () => {
    const content = "x   \n\ty\r\n\n\n";
    const path = await write("motd", content);
    await house.write("shop.yaml", "stack: shop\n");
    expect((await house.run("import", "file", path, "--file", "shop.yaml")).code).toBe(0);
    expect((await house.run("plan", "shop.yaml")).out).toContain("adopt (there already, and nobody's)\n  1 to adopt\n");
    expect((await house.run("apply", "shop.yaml", "--yes")).code).toBe(0);
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("writes nothing where it cannot", async () => {
    const path = await write("motd", "x");
    await house.write("shop.json", { stack: "shop", groups: {} });
    for (const [words, says] of [
      [[house.path("none")], "there is no file"],
      [[path, "--file", "shop.json"], "shop.json is not YAML"],
      [[path, "--file", "none.yaml"], "there is no file none.yaml"],
    ] as const) {
      const { code, out, err } = await house.run("import", "file", ...words);
      expect([code, out, err]).toEqual([2, "", expect.stringContaining(says)]);
    }
  });
});
