import { execFile } from "node:child_process";
import { chmod, mkdir, symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readDocument } from "./read.ts";
import { failuresOf, folderWith, wordsOf } from "./testing.ts";

const run = promisify(execFile);
const deps = { sdk: import.meta.url, env: process.env };
const good = "stack: shop\ngroups: {}\n";

async function failuresOfFile(name: string, content: string | Uint8Array): Promise<readonly string[]> {
  const folder = await folderWith({ [name]: content });
  return failuresOf(() => readDocument(join(folder, name), deps));
}

describe("a declaration's file", () => {
  it.each(["stack.yaml", "stack.yml", "STACK.YAML"])("is YAML as %s", async (name) => {
    const folder = await folderWith({ [name]: good });
    expect((await readDocument(join(folder, name), deps)).data).toEqual({ stack: "shop", groups: {} });
  });

  it.each(["stack.json", "stack.jsonc"])("is JSON as %s", async (name) => {
    const folder = await folderWith({ [name]: '{"stack": "shop"}' });
    expect((await readDocument(join(folder, name), deps)).data).toEqual({ stack: "shop" });
  });

  it("may begin with a byte order mark", async () => {
    const folder = await folderWith({ "stack.yaml": `\uFEFF${good}` });
    const source = await readDocument(join(folder, "stack.yaml"), deps);
    expect(source.data).toEqual({ stack: "shop", groups: {} });
    expect(source.locate(["stack"], "key")).toMatchObject({ line: 1, column: 1 });
  });

  it("is refused when its name tells no language", async () => {
    expect(await failuresOfFile("stack.txt", good)).toEqual(["declaration.unknown-ending stack.txt"]);
  });

  it.each(["stack.yaml", "stack.json", "stack.ts"])("is refused when %s is empty", async (name) => {
    expect(await failuresOfFile(name, "")).toEqual([`declaration.empty ${name}`]);
    expect(await failuresOfFile(name, " \n\t\n")).toEqual([`declaration.empty ${name}`]);
  });

  it("is refused when there is nothing but comments in it", async () => {
    expect(await failuresOfFile("stack.yaml", "# nothing\n---\n")).toEqual(["declaration.empty stack.yaml"]);
    expect(await failuresOfFile("stack.json", "// nothing\n")).toEqual(["declaration.empty stack.json"]);
  });

  it("is refused when it is not there", async () => {
    const folder = await folderWith({ file: "" });
    expect(await failuresOf(() => readDocument(join(folder, "none.yaml"), deps))).toEqual([
      "declaration.not-found none.yaml",
    ]);
    expect(await failuresOf(() => readDocument(join(folder, "file", "none.yaml"), deps))).toEqual([
      "declaration.not-found none.yaml",
    ]);
  });

  it("is refused when it is a directory", async () => {
    const folder = await folderWith({});
    await mkdir(join(folder, "stack.yaml"));
    const call = () => readDocument(join(folder, "stack.yaml"), deps);
    expect(await failuresOf(call)).toEqual(["declaration.not-readable stack.yaml"]);
    expect(await wordsOf(call)).toContain("it is a directory");
  });

  it("is refused when it is a pipe, and nobody waits for a writer", async () => {
    const folder = await folderWith({});
    await run("mkfifo", [join(folder, "stack.yaml")]);
    expect(await failuresOf(() => readDocument(join(folder, "stack.yaml"), deps))).toEqual([
      "declaration.not-readable stack.yaml",
    ]);
  });

  it("is refused when links lead in a circle", async () => {
    const folder = await folderWith({});
    await symlink("b.yaml", join(folder, "a.yaml"));
    await symlink("a.yaml", join(folder, "b.yaml"));
    const call = () => readDocument(join(folder, "a.yaml"), deps);
    expect(await failuresOf(call)).toEqual(["declaration.not-readable a.yaml"]);
    expect(await wordsOf(call)).toContain("too many symbolic links");
  });

  it("is refused when it cannot be read", async () => {
    const folder = await folderWith({ "stack.yaml": good });
    const file = join(folder, "stack.yaml");
    await chmod(file, 0);
    const program = `
      const { readDocument } = await import(${JSON.stringify(new URL("./read.ts", import.meta.url).href)});
      try { await readDocument(${JSON.stringify(file)}, {}); } catch (error) { process.stdout.write(error.code + " " + error.words.detail); }
    `;
    const node = [process.execPath, "--input-type=module", "--eval", program];
    // Root reads everything, unless it is made to do without that.
    const asOthers = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"];
    const [command = "", ...words] = process.getuid?.() === 0 ? [...asOthers, ...node] : node;
    const { stdout } = await run(command, words);
    expect(stdout).toBe("declaration.not-readable permission denied");
  });

  it("is refused unread when it has 50 MB", async () => {
    const folder = await folderWith({ "stack.yaml": good });
    await truncate(join(folder, "stack.yaml"), 50 * 1024 * 1024);
    const call = () => readDocument(join(folder, "stack.yaml"), deps);
    expect(await failuresOf(call)).toEqual(["declaration.too-big stack.yaml"]);
    expect(await wordsOf(call)).toContain("has 52428800 bytes; a declaration has at most 1048576");
  });

  it("is refused when it is not UTF-8, with the byte", async () => {
    const content = Buffer.concat([Buffer.from("stack: ä\uFFFD"), Buffer.from([0xff]), Buffer.from("\n")]);
    const folder = await folderWith({ "stack.yaml": content });
    const call = () => readDocument(join(folder, "stack.yaml"), deps);
    expect(await failuresOf(call)).toEqual(["declaration.not-text stack.yaml"]);
    expect(await wordsOf(call)).toContain("(byte 12)");
    expect(await failuresOfFile("stack.yaml", Buffer.from(good, "utf16le"))).toEqual([
      "declaration.not-text stack.yaml",
    ]);
  });
});
