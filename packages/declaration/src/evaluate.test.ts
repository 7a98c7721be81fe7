import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { readDocument } from "./read.ts";
import { failuresOf, folderWith, wordsOf } from "./testing.ts";

const sdk = new URL("../../sdk/src/stack.ts", import.meta.url).href;
const good = 'export default { stack: "shop", groups: {} };\n';

/** Reads `stack.ts`, or the file of another name. */
async function reading(
  files: Readonly<Record<string, string>>,
  { name = "stack.ts", env = {}, deadlineMs = 10_000 } = {},
) {
  const folder = await folderWith(files);
  const printed: string[] = [];
  const deps = {
    sdk,
    env: { PATH: process.env["PATH"], ...env },
    deadlineMs,
    print: (text: string) => printed.push(text),
  };
  return { call: () => readDocument(join(folder, name), deps), printed: () => printed.join("") };
}

async function data(content: string, options: Parameters<typeof reading>[1] = {}) {
  const { call } = await reading({ [options.name ?? "stack.ts"]: content }, options);
  return (await call()).data;
}

async function failures(content: string, options: Parameters<typeof reading>[1] = {}) {
  const { call } = await reading({ [options.name ?? "stack.ts"]: content }, options);
  return failuresOf(call);
}

/** False also for what ended and was not yet cleared away. */
function runs(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !readFileSync(file, "utf8").includes(") Z ");
}

async function words(content: string) {
  return wordsOf((await reading({ "stack.ts": content })).call);
}

describe("a stack in TypeScript", () => {
  it("gives the data of its default export", async () => {
    const stack = 'const size: number = 1 + 2;\nexport default { stack: "shop" as const, size, not: undefined };\n';
    expect(await data(stack)).toEqual({ stack: "shop", size: 3 });
  });

  it.each(["stack.mts", "stack.mjs", "stack.js"])("may be %s", async (name) => {
    expect(await data(good, { name })).toEqual({ stack: "shop", groups: {} });
  });

  it("finds @muster/sdk wherever it lies", async () => {
    const stack =
      'import { defineStack } from "@muster/sdk";\nexport default defineStack({ stack: "shop", groups: {} });\n';
    expect(await data(stack)).toEqual({ stack: "shop", groups: {} });
  });

  it("is a module, whatever the package around it says", async () => {
    const { call } = await reading({ "stack.ts": good, "package.json": '{"type": "commonjs"}' });
    expect((await call()).data).toEqual({ stack: "shop", groups: {} });
  });

  it("may import its neighbours, and see the environment", async () => {
    const stack = 'import { name } from "./name.ts";\nexport default { stack: name + process.env.SUFFIX };\n';
    const files = { "stack.ts": stack, "name.ts": 'export const name = "shop";\n' };
    const { call } = await reading(files, { env: { SUFFIX: "-eu" } });
    expect((await call()).data).toEqual({ stack: "shop-eu" });
  });

  it("may print: that is kept apart from its data", async () => {
    const { call, printed } = await reading({ "stack.ts": `console.log("out"); console.error("err");\n${good}` });
    expect((await call()).data).toEqual({ stack: "shop", groups: {} });
    expect(printed()).toContain("out\n");
    expect(printed()).toContain("err\n");
  });

  it("may print without end, and only the beginning is kept", async () => {
    const { call, printed } = await reading({
      "stack.ts": `for (let i = 0; i < 3000; i++) console.log("x".repeat(1000));\n${good}`,
    });
    expect((await call()).data).toEqual({ stack: "shop", groups: {} });
    expect(printed()).toMatch(/^x{1000}\n/);
    expect(printed().length).toBeLessThanOrEqual(64 * 1024);
  });

  it("is not waited for once it has given its data", async () => {
    expect(await data(`setInterval(() => {}, 1000);\n${good}`)).toEqual({ stack: "shop", groups: {} });
  });

  it("is not waited for when it does not let go of its process", async () => {
    expect(await data(`process.on("exit", () => { for (;;); });\n${good}`)).toEqual({ stack: "shop", groups: {} });
  });

  it("leaves no process behind", async () => {
    const stack = `import { spawn } from "node:child_process";
console.log(\`pid \${spawn("sleep", ["60"], { stdio: "inherit" }).pid}\`);\n${good}`;
    const { call, printed } = await reading({ "stack.ts": stack });
    expect((await call()).data).toEqual({ stack: "shop", groups: {} });
    const pid = Number(/pid (\d+)/.exec(printed())?.[1]);
    await vi.waitFor(() => expect(runs(pid)).toBe(false));
  });

  it("knows no places but the file", async () => {
    const { call } = await reading({ "stack.ts": good });
    const { file, line } = (await call()).locate(["stack"], "key");
    expect(file).toMatch(/stack\.ts$/);
    expect(line).toBeUndefined();
  });
});

describe("a stack in TypeScript that goes wrong", () => {
  it("is refused at the line where it throws", async () => {
    const stack = 'function size(): never {\n  throw new Error("no size");\n}\nexport default { size: size() };\n';
    expect(await failures(stack)).toEqual(["declaration.threw stack.ts:2:9"]);
    expect(await words(stack)).toContain("threw while it was evaluated: Error: no size");
  });

  it("is refused at the line of a neighbour that throws", async () => {
    const files = { "stack.ts": 'import "./other.ts";\n', "other.ts": '\n\nthrow new TypeError("no");\n' };
    expect(await failuresOf((await reading(files)).call)).toEqual(["declaration.threw other.ts:3:7"]);
  });

  it("is refused when it throws later, or something that is no error", async () => {
    const late = 'setTimeout(() => {\n  throw new Error("late");\n}, 1);\nawait new Promise(() => {});\n';
    expect(await failures(late)).toEqual(["declaration.threw stack.ts:2:9"]);
    expect(await words('throw "a text";\n')).toContain("it threw a text");
    expect(await words("throw null;\n")).toContain("it threw null");
  });

  it("is refused when it parses something badly, which is not its own syntax", async () => {
    expect(await failures('\nexport default JSON.parse("{");\n')).toEqual(["declaration.threw stack.ts:2:21"]);
  });

  it("is refused when it imports what is not there", async () => {
    expect(await words('import "nothing-of-the-kind";\n')).toContain("Cannot find package 'nothing-of-the-kind'");
    expect(await failures('import { none } from "node:fs";\n')).toEqual(["declaration.threw stack.ts:1:10"]);
  });

  it("is refused for its syntax, with the place", async () => {
    expect(await failures("\nconst size: number = ;\n")).toEqual(["declaration.syntax stack.ts:2:22"]);
    expect(await failures("enum Size { One }\n")).toEqual(["declaration.syntax stack.ts:1:1"]);
    expect(await failures("export default {};\nconst a = 1;\nconst a = 2;\n")).toEqual([
      "declaration.syntax stack.ts:3:7",
    ]);
    expect(await failures("export default [\n  1 2];\n", { name: "stack.mjs" })).toEqual([
      "declaration.syntax stack.mjs:2:5",
    ]);
  });

  it("is ended when it never ends", async () => {
    const deadlineMs = 500;
    expect(await failures("for (;;);\n", { deadlineMs })).toEqual(["declaration.timeout stack.ts"]);
    expect(await failures("setInterval(() => {}, 1000);\nawait new Promise(() => {});\n", { deadlineMs })).toEqual([
      "declaration.timeout stack.ts",
    ]);
  });

  it("is refused when it waits for what never comes", async () => {
    expect(await words("await new Promise(() => {});\nexport default {};\n")).toContain(
      "an `await` in it never settles",
    );
  });

  it("is refused when it ends its own process", async () => {
    expect(await words(`process.exit(0);\n${good}`)).toContain("it ended its own process with exit code 0");
    expect(await words('process.kill(process.pid, "SIGKILL");\n')).toContain("ended by SIGKILL");
  });

  it("is refused when it writes to the pipe of its answer", async () => {
    const stack = `import { writeSync } from "node:fs";\nwriteSync(3, "hello\\n");\n${good}`;
    expect(await failures(stack)).toEqual(["declaration.no-data stack.ts"]);
  });

  it("is refused without a default export", async () => {
    expect(await words("export const stack = 1;\n")).toContain("it has no default export");
  });

  it.each([
    ["template: () => 1", "is a function"],
    ["template: Symbol()", "is a symbol"],
    ["template: 1n", "is a bigint"],
    ["template: Number.NaN", "is NaN"],
    ["template: new Date()", "is a Date, which is not plain data"],
    ["template: new Map()", "is a Map, which is not plain data"],
    ["template: Promise.resolve(1)", "is a Promise, which is not plain data"],
    ["template: { [Symbol()]: 1 }", "has a symbol as a key"],
  ])("is refused when there is more than data in it: %s", async (property, detail) => {
    const stack = `export default { groups: { web: { ${property} } } };\n`;
    expect(await failures(stack)).toEqual(["declaration.no-data stack.ts (groups.web.template)"]);
    expect(await words(stack)).toContain(`\`groups.web.template\` ${detail}`);
  });

  it("is refused when its data holds itself, or is nested without end", async () => {
    expect(await words("const a: any = {};\na.b = [a];\nexport default a;\n")).toContain("`b[0]` holds itself");
    const deep = "let a: any = {};\nfor (let i = 0; i < 1e5; i++) a = { a };\nexport default a;\n";
    expect(await words(deep)).toContain("nested deeper than 100 levels");
  });

  it("is refused for keys that would reach behind the data", async () => {
    expect(await words('export default { ["__proto__"]: { polluted: true } };\n')).toContain("cannot be used as a key");
  });

  it("is refused when a getter throws", async () => {
    const stack = 'export default {\n  get stack() {\n    throw new Error("no");\n  },\n};\n';
    expect(await failures(stack)).toEqual(["declaration.threw stack.ts:3:11"]);
  });

  it("is refused when it gives more than a declaration may have", async () => {
    expect(await failures('export default { stack: "x".repeat(5_000_000) };\n')).toEqual([
      "declaration.too-big stack.ts",
    ]);
  });
});
