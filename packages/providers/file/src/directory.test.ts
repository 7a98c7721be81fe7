import { execFileSync, fork } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Observed } from "@muster/model";
import type { ClaimedProvider, Type } from "@muster/plugin";
import { describe, expect, it, vi } from "vitest";
import { directory, openDirectories } from "./directory.ts";
import type { DirectoryProperties } from "./directory-properties.ts";
import { ctx, failureOf, io } from "./test/calls.ts";
import { freshDirectory, untilTestEnds, withoutPower } from "./test/surroundings.ts";

const isRoot = process.getuid?.() === 0;

async function opened() {
  return directory.open({}, io);
}

async function seen(provider: ClaimedProvider<DirectoryProperties>, path: string) {
  const found = await provider.read(path, ctx);
  if (found === undefined) throw new Error(`${path} is gone`);
  return found;
}

async function update(
  provider: ClaimedProvider<DirectoryProperties>,
  from: Observed<DirectoryProperties>,
  want: DirectoryProperties,
): Promise<void> {
  await provider.update?.(from, want, ctx);
}

describe("a directory", () => {
  it("is a type like any other, and holds its path as a file does", () => {
    const type: Type = directory;
    expect(type.schema.safeParse({ path: "/a", mode: "0755", owner: "root", group: "root" }).success).toBe(true);
    expect(type.schema.safeParse({ path: "/a", content: "x" }).success).toBe(false);
    expect(directory.exclusive?.({ path: "/a/b" })).toEqual(["/a/b"]);
    expect(directory.restsOn?.({ path: "/a/b" })).toEqual(["/a"]);
  });

  it("is made with what is declared, and read back so", async () => {
    const path = join(freshDirectory(), "ünï 空");
    const directories = await opened();
    const want = { path, mode: "2750", ...(isRoot ? { owner: "root", group: "daemon" } : {}) };
    expect(await directories.create(want, {}, ctx)).toEqual({ id: path });
    expect(await directories.read(path, ctx)).toMatchObject({ id: path, tags: {}, phase: "running", properties: want });
    expect(directory.schema.safeParse((await seen(directories, path)).properties).success).toBe(true);
  });

  it("has the mode that is declared, whatever the umask", async () => {
    const dir = freshDirectory();
    const script = `
      import { directory } from "../directory.ts";
      import { ctx, io } from "./calls.ts";
      const dir = process.argv[1];
      const directories = await directory.open({}, io);
      const modes = [];
      for (const umask of [0, 0o077, 0o777]) {
        process.umask(umask);
        const path = dir + "/" + umask;
        await directories.create({ path, mode: "0775" }, {}, ctx);
        modes.push((await directories.read(path, ctx)).properties.mode);
      }
      process.umask(0o027);
      await directories.create({ path: dir + "/untold" }, {}, ctx);
      modes.push((await directories.read(dir + "/untold", ctx)).properties.mode);
      console.log(JSON.stringify(modes));
    `;
    expect(JSON.parse(await withoutPower(script, dir))).toEqual(["0775", "0775", "0775", "0750"]);
  });

  it("is never made over what is there already, link or not", async () => {
    const dir = freshDirectory();
    const directories = await opened();
    writeFileSync(join(dir, "file"), "kept");
    mkdirSync(join(dir, "theirs"), { mode: 0o700 });
    symlinkSync("theirs", join(dir, "link"));
    symlinkSync("nowhere", join(dir, "astray"));
    for (const name of ["file", "theirs", "link", "astray"]) {
      const want = { path: join(dir, name), mode: "0777" };
      expect(await failureOf(directories.create(want, {}, ctx))).toBe("conflict");
    }
    expect(readFileSync(join(dir, "file"), "utf8")).toBe("kept");
    expect(statSync(join(dir, "theirs")).mode & 0o7777).toBe(0o700);
    expect(existsSync(join(dir, "nowhere"))).toBe(false);
  });

  it("is made by one of many that try at once", async () => {
    const path = join(freshDirectory(), "a");
    const directories = await opened();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => failureOf(directories.create({ path }, {}, ctx))),
    );
    expect(outcomes.filter((each) => each === "done")).toHaveLength(1);
    expect(outcomes.filter((each) => each === "conflict")).toHaveLength(19);
  });

  it("needs the one above it, and an account that there is", async () => {
    const dir = freshDirectory();
    const directories = await opened();
    expect(await failureOf(directories.create({ path: join(dir, "no", "a") }, {}, ctx))).toBe("retryable");
    expect(await failureOf(directories.create({ path: join(dir, "a"), owner: "nobody-of-that-name" }, {}, ctx))).toBe(
      "invalid",
    );
    for (const path of ["/a/../b", "/a/", "a", "/"]) {
      await expect(directories.validate?.({ path })).rejects.toMatchObject({ kind: "invalid" });
    }
    expect(readdirSync(dir)).toEqual([]);
  });

  it("is not left behind where it cannot be as declared", async () => {
    const dir = freshDirectory();
    const script = `
      import { directory } from "../directory.ts";
      import { ctx, failureOf, io } from "./calls.ts";
      const directories = await directory.open({}, io);
      console.log(await failureOf(directories.create({ path: process.argv[1] + "/a", owner: "daemon" }, {}, ctx)));
    `;
    expect(await withoutPower(script, dir)).toBe("denied");
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe("a change of a directory", () => {
  it("leaves it in place, with all that is in it", async () => {
    const path = join(freshDirectory(), "a");
    const directories = await opened();
    await directories.create({ path, mode: "0700" }, {}, ctx);
    writeFileSync(join(path, "kept"), "kept");
    const { ino } = statSync(path);
    await update(directories, await seen(directories, path), { path, mode: "1777" });
    expect((await seen(directories, path)).properties.mode).toBe("1777");
    expect(statSync(path).ino).toBe(ino);
    expect(readFileSync(join(path, "kept"), "utf8")).toBe("kept");
  });

  it("takes over one that somebody else has made", async () => {
    const path = join(freshDirectory(), "a");
    const directories = await opened();
    mkdirSync(path, { mode: 0o700 });
    const want = { path, mode: "0755" };
    expect(await failureOf(directories.create(want, {}, ctx))).toBe("conflict");
    await update(directories, await seen(directories, path), want);
    expect((await seen(directories, path)).properties).toMatchObject(want);
  });

  it("opens one that was closed to everybody", async () => {
    const path = join(freshDirectory(), "a");
    const script = `
      import { directory } from "../directory.ts";
      import { ctx, io } from "./calls.ts";
      const path = process.argv[1];
      const directories = await directory.open({}, io);
      await directories.create({ path, mode: "0000" }, {}, ctx);
      await directories.update(await directories.read(path, ctx), { path, mode: "0750" }, ctx);
      console.log((await directories.read(path, ctx)).properties.mode);
    `;
    expect(await withoutPower(script, path)).toBe("0750");
  });

  it("goes through no link, and to nothing but a directory", async () => {
    const dir = freshDirectory();
    const path = join(dir, "a");
    const directories = await opened();
    await directories.create({ path }, {}, ctx);
    const from = await seen(directories, path);
    mkdirSync(join(dir, "victim"), { mode: 0o700 });
    rmdirSync(path);
    expect(await failureOf(update(directories, from, { path, mode: "0777" }))).toBe("retryable");
    symlinkSync("victim", path);
    expect(await failureOf(update(directories, from, { path, mode: "0777" }))).toBe("conflict");
    expect(statSync(join(dir, "victim")).mode & 0o7777).toBe(0o700);
    expect(await directories.read(path, ctx)).toMatchObject({ phase: "unknown", reason: "there is a link" });
  });
});

describe("destroying a directory", () => {
  it("removes one that is empty, and takes nothing with it", async () => {
    const dir = freshDirectory();
    const path = join(dir, "a");
    const directories = await opened();
    await directories.create({ path }, {}, ctx);
    writeFileSync(join(path, "theirs"), "kept");
    await expect(directories.destroy(path, ctx)).rejects.toMatchObject({
      kind: "conflict",
      message: `${path}: it is not empty (1 entry), and is left alone`,
    });
    mkdirSync(join(path, "below"));
    await expect(directories.destroy(path, ctx)).rejects.toThrow("(2 entries)");
    expect(readdirSync(path)).toEqual(["below", "theirs"]);
    execFileSync("rm", ["-r", join(path, "below"), join(path, "theirs")]);
    await directories.destroy(path, ctx);
    await directories.destroy(path, ctx);
    await directories.destroy(join(path, "below", "nothing"), ctx);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("does not mind what a writer that died left half-written", async () => {
    const path = join(freshDirectory(), "a");
    const directories = await opened();
    await directories.create({ path }, {}, ctx);
    // No process has so high a number.
    writeFileSync(join(path, ".muster-4194999-1.tmp"), "half");
    await directories.destroy(path, ctx);
    expect(existsSync(path)).toBe(false);
  });

  it("leaves alone what is no directory", async () => {
    const dir = freshDirectory();
    const directories = await opened();
    mkdirSync(join(dir, "empty"));
    symlinkSync("empty", join(dir, "link"));
    writeFileSync(join(dir, "file"), "");
    for (const name of ["link", "file"]) {
      expect(await failureOf(directories.destroy(join(dir, name), ctx))).toBe("conflict");
    }
    expect(readdirSync(dir)).toEqual(["empty", "file", "link"]);
  });
});

describe.each([
  { held: true, how: "directories held open" },
  { held: false, how: "no /proc" },
])("directories below a root, with $how", ({ held }) => {
  function rooted() {
    const around = freshDirectory();
    const root = join(around, "root");
    mkdirSync(root);
    return { around, root, directories: openDirectories({ root, held }) };
  }

  it("are made with those that are missing above them, changed and destroyed", async () => {
    const { root, directories } = rooted();
    const path = join(root, "a", "b", "c");
    await directories.create({ path, mode: "0700" }, {}, ctx);
    await update(directories, await seen(directories, path), { path, mode: "0711" });
    expect((await seen(directories, path)).properties.mode).toBe("0711");
    await directories.destroy(path, ctx);
    expect(readdirSync(join(root, "a", "b"))).toEqual([]);
  });

  it("are refused outside of it, the root among it, and behind links", async () => {
    const { around, root, directories } = rooted();
    mkdirSync(join(around, "outside"));
    symlinkSync("../outside", join(root, "out"));
    for (const path of [join(around, "x"), root, `${root}-beside`, `${root}/../x`, join(root, "out", "x")]) {
      expect(await failureOf(directories.create({ path }, {}, ctx))).toBe("invalid");
      expect(await failureOf(directories.read(path, ctx))).toBe("invalid");
      expect(await failureOf(directories.destroy(path, ctx))).toBe("invalid");
    }
    expect(readdirSync(join(around, "outside"))).toEqual([]);
    expect(readdirSync(around).toSorted()).toEqual(["outside", "root"]);
  });

  it("are all listed, and links are not followed", async () => {
    const { root, directories } = rooted();
    mkdirSync(join(root, "a", "b"), { recursive: true });
    mkdirSync(join(root, "c"));
    symlinkSync("a", join(root, "link"));
    writeFileSync(join(root, "file"), "");
    const found: string[] = [];
    for await (const page of directories.list?.(ctx) ?? []) found.push(...page.map(({ id }) => id));
    expect(found.toSorted()).toEqual([join(root, "a"), join(root, "a", "b"), join(root, "c")]);
  });
});

describe("a disk", () => {
  it("that has no room for another one says so", async ({ skip }) => {
    const dir = freshDirectory();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "nr_inodes=2", "tmpfs", dir], { stdio: "pipe" });
    } catch (thrown) {
      skip(`a full disk needs the right to mount: ${thrown}`);
    }
    try {
      const directories = await opened();
      await directories.create({ path: join(dir, "a") }, {}, ctx);
      expect(await failureOf(directories.create({ path: join(dir, "b") }, {}, ctx))).toBe("no-space");
      await directories.destroy(join(dir, "a"), ctx);
      await expect(directories.destroy(dir, ctx)).rejects.toMatchObject({
        kind: "retryable",
        message: `${dir}: it is in use, perhaps as a mount point`,
      });
    } finally {
      execFileSync("umount", [dir]);
    }
  });

  it("that may not be written is said to be so", async () => {
    const dir = freshDirectory();
    const script = `
      import { chmodSync, mkdirSync } from "node:fs";
      import { directory } from "../directory.ts";
      import { ctx, failureOf, io } from "./calls.ts";
      const dir = process.argv[1];
      mkdirSync(dir + "/a");
      const directories = await directory.open({}, io);
      const said = [];
      chmodSync(dir, 0o500);
      said.push(await failureOf(directories.create({ path: dir + "/b" }, {}, ctx)));
      said.push(await failureOf(directories.destroy(dir + "/a", ctx)));
      chmodSync(dir, 0);
      said.push(await failureOf(directories.read(dir + "/a", ctx)));
      chmodSync(dir, 0o700);
      console.log(JSON.stringify(said));
    `;
    expect(JSON.parse(await withoutPower(script, dir))).toEqual(["denied", "denied", "denied"]);
  });
});

describe("directories below a root, under attack", () => {
  it("are made and changed nowhere else while one on the way is exchanged for a link to and fro", async () => {
    const around = freshDirectory("/dev/shm");
    const root = join(around, "root");
    const outside = join(around, "outside");
    mkdirSync(join(root, "dir"), { recursive: true });
    mkdirSync(outside);
    mkdirSync(join(outside, "theirs"), { mode: 0o700 });
    symlinkSync(outside, join(root, "link"));
    const attacker = fork(join(import.meta.dirname, "test", "exchange.ts"), [root]);
    try {
      await new Promise((resolve) => attacker.once("message", resolve));
      const directories = await directory.open({ root }, io);
      const theirs = { id: join(root, "dir", "theirs"), tags: {}, phase: "running", properties: {}, since: 0 } as const;
      const outcomes = new Set<string>();
      for (let i = 0; i < 3000; i++) {
        outcomes.add(await failureOf(directories.create({ path: join(root, "dir", `d${i}`), mode: "0777" }, {}, ctx)));
        await failureOf(update(directories, theirs, { path: theirs.id, mode: "0777" }));
        await failureOf(directories.destroy(theirs.id, ctx));
      }
      // Both happened: the loop met the directory and the link.
      expect([...outcomes]).toEqual(expect.arrayContaining(["done", "invalid"]));
    } finally {
      const ended = new Promise((resolve) => attacker.once("exit", resolve));
      attacker.kill("SIGKILL");
      await ended;
    }
    expect(readdirSync(outside)).toEqual(["theirs"]);
    expect(statSync(join(outside, "theirs")).mode & 0o7777).toBe(0o700);
  });
});

describe("hints", () => {
  it("come when a directory is made, changed and gone", async () => {
    const path = join(freshDirectory(), "a");
    const directories = await opened();
    const wake = vi.fn();
    directories.watch?.(wake, untilTestEnds());
    const hinted = async (change: () => unknown) => {
      wake.mockClear();
      await change();
      await vi.waitFor(() => expect(wake).toHaveBeenCalled());
    };
    await hinted(() => directories.create({ path }, {}, ctx));
    await hinted(() => chmodSync(path, 0o700));
    await hinted(() => rmdirSync(path));
  });
});
