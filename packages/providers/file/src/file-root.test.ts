import { fork } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { file, openFiles } from "./file.ts";
import { ctx, failureOf, io } from "./test/calls.ts";
import { freshDirectory } from "./test/surroundings.ts";

describe.each([
  { held: true, how: "directories held open" },
  { held: false, how: "no /proc" },
])("below a root, with $how", ({ held }) => {
  function rooted() {
    const around = freshDirectory();
    const root = join(around, "root");
    mkdirSync(root);
    return { around, root, files: openFiles({ root, held }, io) };
  }

  it("is made with the directories that are missing", async () => {
    const { root, files } = rooted();
    const path = join(root, "a", "b", "c");
    await files.validate?.({ path });
    await files.create({ path, content: "x" }, {}, ctx);
    expect(await files.read(path, ctx)).toMatchObject({ phase: "running", properties: { path, content: "x" } });
    await files.update?.(
      { id: path, tags: {}, phase: "running", properties: {}, since: 0 },
      { path, content: "y" },
      ctx,
    );
    expect(readFileSync(path, "utf8")).toBe("y");
    await files.destroy(path, ctx);
    expect(existsSync(path)).toBe(false);
  });

  it("is refused outside of it", async () => {
    const { around, root, files } = rooted();
    const outside = [
      join(around, "x"),
      `${root}/../x`,
      `${root}/a/../../x`,
      `${root}-beside/x`,
      root,
      `${root}/.`,
      "/etc/x",
      "x",
    ];
    for (const path of outside) {
      expect(await failureOf(files.validate?.({ path }) ?? Promise.resolve())).toBe("invalid");
      expect(await failureOf(files.create({ path }, {}, ctx))).toBe("invalid");
      expect(await failureOf(files.read(path, ctx))).toBe("invalid");
      expect(await failureOf(files.destroy(path, ctx))).toBe("invalid");
    }
    expect(readdirSync(around)).toEqual(["root"]);
  });

  it("may begin with dots, which do not climb", async () => {
    const { root, files } = rooted();
    const path = join(root, "..a");
    await files.create({ path }, {}, ctx);
    expect(await files.read(path, ctx)).toMatchObject({ id: path });
  });

  it("is refused where a directory on the way is a link, wherever that leads", async () => {
    const { around, root, files } = rooted();
    mkdirSync(join(around, "outside"));
    mkdirSync(join(root, "inside"));
    writeFileSync(join(around, "outside", "x"), "theirs");
    symlinkSync(join(around, "outside"), join(root, "out"));
    symlinkSync("inside", join(root, "in"));
    for (const path of [join(root, "out", "x"), join(root, "in", "x"), join(root, "out", "deeper", "x")]) {
      expect(await failureOf(files.validate?.({ path }) ?? Promise.resolve())).toBe("invalid");
      expect(await failureOf(files.create({ path, content: "y" }, {}, ctx))).toBe("invalid");
      expect(await failureOf(files.read(path, ctx))).toBe("invalid");
      expect(await failureOf(files.destroy(path, ctx))).toBe("invalid");
    }
    expect(readFileSync(join(around, "outside", "x"), "utf8")).toBe("theirs");
    expect(readdirSync(join(root, "inside"))).toEqual([]);
  });

  it("is not followed when it is itself a link", async () => {
    const { around, root, files } = rooted();
    writeFileSync(join(around, "theirs"), "kept");
    const path = join(root, "link");
    symlinkSync(join(around, "theirs"), path);
    expect(await files.read(path, ctx)).toMatchObject({ phase: "unknown", reason: "there is a link" });
    expect(await failureOf(files.create({ path, content: "x" }, {}, ctx))).toBe("conflict");
    expect(await failureOf(files.destroy(path, ctx))).toBe("conflict");
    expect(readFileSync(join(around, "theirs"), "utf8")).toBe("kept");
  });

  it("cannot be told of when the root itself is gone", async () => {
    const { root, files } = rooted();
    rmSync(root, { recursive: true });
    expect(await failureOf(files.read(join(root, "a"), ctx))).toBe("unavailable");
    expect(await failureOf(files.create({ path: join(root, "a") }, {}, ctx))).toBe("unavailable");
    expect(() => openFiles({ root, held }, io)).toThrow("is not there");
  });

  it("leaves no file open behind", async () => {
    const { root, files } = rooted();
    const path = join(root, "a", "b");
    const open = () => readdirSync("/proc/self/fd").length;
    await files.create({ path }, {}, ctx);
    const before = open();
    for (let i = 0; i < 20; i++) {
      await files.read(path, ctx);
      await failureOf(files.create({ path }, {}, ctx));
      await failureOf(files.read(join(root, "no", "b"), ctx));
    }
    expect(open()).toBe(before);
  });
});

describe("below a root, under attack", () => {
  it("writes and reads nothing outside while a directory is exchanged for a link to and fro", async () => {
    const around = freshDirectory("/dev/shm");
    const root = join(around, "root");
    mkdirSync(join(root, "dir"), { recursive: true });
    mkdirSync(join(around, "outside"));
    symlinkSync(join(around, "outside"), join(root, "link"));
    writeFileSync(join(around, "outside", "secret"), "secret");
    const attacker = fork(join(import.meta.dirname, "test", "exchange.ts"), [root]);
    try {
      await new Promise((resolve) => attacker.once("message", resolve));
      const files = await file.open({ root }, io);
      const outcomes = new Map<string, number>();
      for (let i = 0; i < 4000; i++) {
        const outcome = await failureOf(files.create({ path: join(root, "dir", `f${i}`), content: "x" }, {}, ctx));
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        const secret = await files.read(join(root, "dir", "secret"), ctx).catch(() => undefined);
        expect(secret).toBeUndefined();
      }
      // Both happened: the loop met the directory and the link.
      expect(outcomes.get("done")).toBeGreaterThan(0);
      expect(outcomes.get("invalid")).toBeGreaterThan(0);
    } finally {
      const ended = new Promise((resolve) => attacker.once("exit", resolve));
      attacker.kill("SIGKILL");
      await ended;
    }
    expect(readdirSync(join(around, "outside"))).toEqual(["secret"]);
  });
});
