/** What is built does outside of the clone what the clone does: installed without a network, it is used as a person uses it. */
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Going, type Installed, installElsewhere } from "./support/installed.ts";

const ROOT = join(import.meta.dirname, "..");
const DEADLINE = { timeout: 20_000, interval: 20 };
const BUILT = 240_000;

let there: Installed;
beforeAll(async () => {
  there = await installElsewhere();
}, BUILT);
afterAll(() => there.close());

it("says which version it is, and knows all its commands", async () => {
  expect(await there.muster("--version")).toEqual({ code: 0, out: "0.1.0\n", err: "" });
  const help = await there.muster("instance", "--help");
  expect(help.out).toContain("muster instance snapshot");
});

it("brings nothing but itself, and no sources that could be run in its place", () => {
  const packages = join(there.home, "node_modules");
  expect(readdirSync(packages).filter((name) => !name.startsWith("."))).toEqual(["@muster"]);
  expect(readdirSync(join(packages, "@muster"))).toEqual(["cli", "sdk"]);
  expect(existsSync(join(packages, "@muster/cli/src"))).toBe(false);
});

it("plans, applies and verifies a stack in YAML", async () => {
  const path = there.path("motd.yaml");
  there.write(
    "yaml.yaml",
    `stack: yaml\nresources:\n  file:\n    ${path}: { content: "greeting: hello\\n" }\n` +
      `checks:\n  - file: ${path}\n    content: { yaml: { greeting: hello } }\n`,
  );
  expect(await there.muster("plan", "yaml.yaml")).toMatchObject({ code: 3, out: expect.stringContaining("1 to make") });
  expect(await there.muster("apply", "yaml.yaml", "--yes")).toMatchObject({ code: 0 });
  expect(readFileSync(path, "utf8")).toBe("greeting: hello\n");
  expect(await there.muster("plan", "yaml.yaml")).toMatchObject({ code: 0 });
  const verified = await there.muster("verify", "yaml.yaml");
  expect(verified.out).toMatch(/[2-9] pass, 0 fail, 0 unknown/);
});

it("keeps a group, and heals it", async () => {
  there.write("web.yaml", "stack: web\ngroups:\n  web:\n    size: 2\n    template: { instance-file: {} }\n");
  const watching = there.start("muster", "watch", "web.yaml", "--set", "instance-file.dir=./instances");
  const files = () => {
    const instances = there.path("instances");
    return existsSync(instances) ? readdirSync(instances).filter((name) => !name.startsWith(".")) : [];
  };
  await vi.waitFor(() => expect(watching.printed()).toContain("2 of 2 as declared"), DEADLINE);
  const [lost = ""] = files();
  rmSync(there.path(`instances/${lost}`));
  await vi.waitFor(() => {
    expect(files()).toHaveLength(2);
    expect(files()).not.toContain(lost);
  }, DEADLINE);
  watching.child.kill("SIGINT");
  await vi.waitFor(() => expect(watching.child.exitCode).toBe(0), DEADLINE);
});

it("serves, and is asked over its socket", async () => {
  const serving = there.start("muster", "serve");
  await vi.waitFor(() => expect(serving.printed()).toContain("muster.sock"), DEADLINE);
  expect(await there.muster("group", "ls")).toMatchObject({ code: 0 });
  serving.child.kill("SIGTERM");
  await vi.waitFor(() => expect(serving.child.exitCode).toBe(0), DEADLINE);
});

describe("stacks in TypeScript", () => {
  it("are evaluated, with the SDK that the command brings", async () => {
    there.write("stack.ts", stackText("there.txt", 'content: "hello\\n"'));
    const applied = await there.muster("apply", "stack.ts", "--yes");
    expect(applied.err).toBe("");
    expect(readFileSync(there.path("there.txt"), "utf8")).toBe("hello\n");
  });

  it("are told where they are wrong", async () => {
    there.write("bad.ts", 'import "@muster/sdk";\n\nthrow new Error("no shop today");\n');
    const { code, err } = await there.muster("plan", "bad.ts");
    expect(code).toBe(2);
    expect(err).toContain("no shop today");
    expect(err).toContain("at bad.ts:3:7");
  });

  it("are checked by the compiler", async () => {
    there.write("right.ts", stackText("a.txt", 'content: "hello\\n", mode: "0644"'));
    there.write("wrong.ts", stackText("a.txt", "content: 17"));
    expect(await problemsIn("right.ts")).toBe("");
    expect(await problemsIn("wrong.ts")).toContain("Type 'number' is not assignable to type 'string");
  });

  it("are tested in a simulated world", async () => {
    there.write("test.ts", `${TEST}\n`);
    expect(await there.run(process.execPath, "test.ts")).toEqual({ code: 0, out: "hello\n\n", err: "" });
  });

  /** What the compiler has to say of a file, with nothing of the clone in sight but Node's own types. */
  async function problemsIn(file: string): Promise<string> {
    const types = join(ROOT, "node_modules/@types");
    const words = ["--noEmit", "--strict", "--target", "es2024", "--module", "nodenext", "--types", "node"];
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const all = [compiler, ...words, "--typeRoots", types, there.path(file)];
    return promisify(execFile)(process.execPath, all, { cwd: there.home }).then(
      () => "",
      ({ stdout }: { readonly stdout: string }) => stdout,
    );
  }

  function stackText(name: string, properties: string): string {
    return (
      'import { defineStack, resource } from "@muster/sdk";\n' +
      `export default defineStack({ stack: "ts", resources: [resource.file("${there.path(name)}", { ${properties} })] });\n`
    );
  }
});

const TEST = `
import { defineStack, resource } from "@muster/sdk";
import { simulate } from "@muster/sdk/testing";
const world = await simulate(defineStack({ stack: "sim", resources: [resource.file("/etc/motd", { content: "hello\\n" })] }));
await world.apply();
for (const { properties } of world.things("file")) console.log(properties.content);`;

describe("plugins", () => {
  beforeAll(() => copyFileSync(join(ROOT, "examples/plugin-typescript/note.ts"), there.path("note.ts")));

  it("are run by the command", async () => {
    const running = there.start("muster", "plugin", "run", "./note.ts", "--set", "dir=./notes");
    await keepsContract(running);
  });

  it("are programs of their own", async () => {
    const running = there.start(process.execPath, "note.ts", "--dir", "./notes");
    await keepsContract(running);
  });

  async function keepsContract(running: Going): Promise<void> {
    await vi.waitFor(() => expect(running.printed()).toContain("serves"), DEADLINE);
    const { out, code } = await there.muster("plugin", "test", "note");
    expect(out).toMatch(/[1-9]\d* hold, 0 do not/);
    expect(code).toBe(0);
    running.child.kill("SIGINT");
    await vi.waitFor(() => expect(running.child.exitCode).toBe(0), DEADLINE);
  }
});
