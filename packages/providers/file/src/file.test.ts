import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Type } from "@muster/plugin";
import { describe, expect, it, vi } from "vitest";
import { file } from "./file.ts";
import { ctx, failureOf, io } from "./test/calls.ts";
import { freshDirectory, untilTestEnds, withoutPower } from "./test/surroundings.ts";

async function opened() {
  return file.open({}, io);
}

describe("a file", () => {
  it("is a type like any other", () => {
    const type: Type = file;
    const accepts = (properties: object) => type.schema.safeParse({ path: "/a", ...properties }).success;
    expect(accepts({ content: "x", mode: "0644", owner: "root", group: "root" })).toBe(true);
    expect(accepts({ path: "a" })).toBe(false);
    expect(accepts({ path: "/a\0" })).toBe(false);
    expect(accepts({ mode: "644" })).toBe(false);
    expect(accepts({ mode: 420 })).toBe(false);
    expect(accepts({ content: "\ud800" })).toBe(false);
    expect(accepts({ owner: "root:root" })).toBe(false);
    expect(file.exclusive?.({ path: "/a" })).toEqual(["/a"]);
    expect(file.restsOn?.({ path: "/a/b/c" })).toEqual(["/a", "/a/b"]);
    expect(file.restsOn?.({ path: "/a" })).toEqual([]);
  });

  it("is made with what is declared, and read back so", async () => {
    const path = join(freshDirectory(), "ünï 空");
    const files = await opened();
    const want = { path, content: "Grüße\n", mode: "0640", owner: "root", group: "daemon" };
    const mine = process.getuid?.() === 0 ? want : { path, content: want.content, mode: want.mode };
    expect(await files.create(mine, {}, ctx)).toEqual({ id: path });
    const seen = await files.read(path, ctx);
    expect(seen).toMatchObject({ id: path, tags: {}, phase: "running", properties: mine });
    expect(readFileSync(path, "utf8")).toBe("Grüße\n");
    expect(readdirSync(dirname(path))).toHaveLength(1);
  });

  it("is empty where no content is declared, and gone where nothing is", async () => {
    const dir = freshDirectory();
    const files = await opened();
    await files.create({ path: join(dir, "a") }, {}, ctx);
    expect(readFileSync(join(dir, "a"), "utf8")).toBe("");
    expect(await files.read(join(dir, "b"), ctx)).toBeUndefined();
    expect(await files.read(join(dir, "no", "b"), ctx)).toBeUndefined();
    expect(await files.read(join(dir, "a", "b"), ctx)).toBeUndefined();
  });

  it("is never made over what is there already, link or not", async () => {
    const dir = freshDirectory();
    const files = await opened();
    writeFileSync(join(dir, "theirs"), "kept");
    symlinkSync("nowhere", join(dir, "link"));
    mkdirSync(join(dir, "directory"));
    for (const name of ["theirs", "link", "directory"]) {
      expect(await failureOf(files.create({ path: join(dir, name), content: "x" }, {}, ctx))).toBe("conflict");
    }
    expect(readFileSync(join(dir, "theirs"), "utf8")).toBe("kept");
    expect(existsSync(join(dir, "nowhere"))).toBe(false);
    expect(readdirSync(dir)).toHaveLength(3);
  });

  it("is made by one of many that try at once", async () => {
    const path = join(freshDirectory(), "a");
    const files = await opened();
    const tries = Array.from({ length: 20 }, (_, i) => failureOf(files.create({ path, content: `${i}` }, {}, ctx)));
    const outcomes = await Promise.all(tries);
    expect(outcomes.filter((each) => each === "done")).toHaveLength(1);
    expect(outcomes.filter((each) => each === "conflict")).toHaveLength(19);
  });

  it("needs its directory, and says so", async () => {
    const path = join(freshDirectory(), "no", "a");
    const files = await opened();
    expect(await failureOf(files.create({ path }, {}, ctx))).toBe("retryable");
    await expect(files.create({ path }, {}, ctx)).rejects.toThrow(path);
    expect(existsSync(dirname(path))).toBe(false);
  });

  it.each([
    ["/a/../b", "write /b for /a/../b"],
    ["/a//b", "write /a/b for /a//b"],
    ["/a/./b", "write /a/b"],
    ["/a/", "write /a for /a/"],
    ["/", "is the whole file system"],
    ["a", "is not an absolute path"],
  ])("has one spelling of its path: %s is refused", async (path, words) => {
    const files = await opened();
    await expect(files.validate?.({ path })).rejects.toThrow(words);
    expect(await failureOf(files.create({ path }, {}, ctx))).toBe("invalid");
    expect(await failureOf(files.read(path, ctx))).toBe("invalid");
    expect(await failureOf(files.destroy(path, ctx))).toBe("invalid");
  });

  it("belongs to accounts by the names that this machine has for them", async () => {
    const path = join(freshDirectory(), "a");
    const files = await opened();
    await expect(files.validate?.({ path, owner: "nobody-of-that-name" })).rejects.toThrow("there is no user");
    await expect(files.validate?.({ path, group: "no-such-group" })).rejects.toThrow("there is no group");
    await expect(files.validate?.({ path, owner: "0" })).rejects.toThrow("is called `root`");
    expect(await failureOf(files.create({ path, owner: "nobody-of-that-name" }, {}, ctx))).toBe("invalid");
    await files.validate?.({ path, owner: "123456789", group: "daemon" });
    expect(existsSync(path)).toBe(false);
  });
});

describe("a change", () => {
  it("exchanges the content whole, and keeps mode and owner", async () => {
    const path = join(freshDirectory(), "a");
    const files = await opened();
    await files.create({ path, content: "one", mode: "0604" }, {}, ctx);
    if (process.getuid?.() === 0) chownSync(path, 1, 2);
    const before = statSync(path);
    const from = await seen(files, path);
    await files.update?.(from, { path, content: "two" }, ctx);
    const after = statSync(path);
    expect(readFileSync(path, "utf8")).toBe("two");
    expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
    expect(readdirSync(dirname(path))).toEqual(["a"]);
  });

  it("of mode alone leaves the file and its content in place", async () => {
    const path = join(freshDirectory(), "a");
    const files = await opened();
    await files.create({ path, content: "one", mode: "0644" }, {}, ctx);
    const { ino } = statSync(path);
    await files.update?.(await seen(files, path), { path, content: "one", mode: "4755" }, ctx);
    expect(await seen(files, path)).toMatchObject({ properties: { mode: "4755", content: "one" } });
    expect(statSync(path).ino).toBe(ino);
  });

  it("puts content of up to 16 MB in place, and refuses more", async () => {
    const path = join(freshDirectory(), "a");
    const files = await opened();
    await files.create({ path }, {}, ctx);
    const most = "x".repeat(16 * 1024 * 1024);
    await files.update?.(await seen(files, path), { path, content: most }, ctx);
    expect((await seen(files, path)).properties.content).toBe(most);
    const tooMuch = "ü".repeat(9 * 1024 * 1024);
    expect(await failureOf(files.validate?.({ path, content: tooMuch }) ?? Promise.resolve())).toBe("invalid");
  });

  it("of mode alone needs no right to read", async () => {
    const path = join(freshDirectory(), "a");
    const script = `
      import { file } from "../file.ts";
      import { ctx, io } from "./calls.ts";
      const path = process.argv[1];
      const files = await file.open({}, io);
      await files.create({ path, content: "one", mode: "0000" }, {}, ctx);
      await files.update(await files.read(path, ctx), { path, mode: "0640" }, ctx);
      console.log((await files.read(path, ctx)).properties.mode);
    `;
    expect(await withoutPower(script, path)).toBe("0640");
  });

  it("takes over what somebody else has put there", async () => {
    const path = join(freshDirectory(), "a");
    const files = await opened();
    writeFileSync(path, "theirs", { mode: 0o600 });
    const want = { path, content: "ours", mode: "0644" };
    expect(await failureOf(files.create(want, {}, ctx))).toBe("conflict");
    await files.update?.(await seen(files, path), want, ctx);
    expect((await seen(files, path)).properties).toMatchObject(want);
  });

  it("goes through no link, and to nothing but a plain file", async () => {
    const dir = freshDirectory();
    const path = join(dir, "a");
    const files = await opened();
    await files.create({ path, content: "one" }, {}, ctx);
    const from = await seen(files, path);
    writeFileSync(join(dir, "victim"), "kept");
    unlinkSync(path);
    expect(await failureOf(files.update?.(from, { path, content: "two" }, ctx) ?? Promise.resolve())).toBe("retryable");
    symlinkSync("victim", path);
    for (const want of [
      { path, content: "two" },
      { path, mode: "0777" },
    ]) {
      expect(await failureOf(files.update?.(from, want, ctx) ?? Promise.resolve())).toBe("conflict");
    }
    expect(readFileSync(join(dir, "victim"), "utf8")).toBe("kept");
    expect(statSync(join(dir, "victim")).mode & 0o777).not.toBe(0o777);
  });
});

describe("what stands at the path", () => {
  it("is reported and never followed or waited for, when it is no plain file", async () => {
    const dir = freshDirectory();
    const files = await opened();
    writeFileSync(join(dir, "secret"), "secret");
    symlinkSync("secret", join(dir, "link"));
    mkdirSync(join(dir, "directory"));
    execFileSync("mkfifo", [join(dir, "pipe")]);
    for (const [name, reason] of [
      ["link", "there is a link"],
      ["directory", "there is a directory"],
      ["pipe", "there is a pipe"],
    ] as const) {
      const path = join(dir, name);
      expect(await files.read(path, ctx)).toMatchObject({ phase: "unknown", reason, properties: { path } });
      expect(await failureOf(files.destroy(path, ctx))).toBe("conflict");
    }
    expect(readdirSync(dir)).toHaveLength(4);
  });

  it("is reported without content where that is too big, and as what nobody can declare where it is not text", async () => {
    const dir = freshDirectory();
    const files = await opened();
    writeFileSync(join(dir, "big"), "");
    truncateSync(join(dir, "big"), 4 * 1024 ** 3);
    const big = await seen(files, join(dir, "big"));
    expect(big).toMatchObject({ phase: "running", reason: expect.stringContaining("more than") });
    expect(big.properties).not.toHaveProperty("content");
    const bytes = join(dir, "bytes");
    writeFileSync(bytes, Buffer.from([0x61, 0xff, 0x62]));
    const found = await seen(files, bytes);
    expect(found).toMatchObject({ reason: "its content is not text", properties: { content: "a\udcffb" } });
    expect(file.schema.safeParse(found.properties).success).toBe(false);
    // The sign that stands for what is no text can be written down, too.
    await files.update?.(found, { path: bytes, content: "a\ufffdb" }, ctx);
    const mended = await seen(files, bytes);
    expect(mended.properties.content).toBe("a\ufffdb");
    expect(mended).not.toHaveProperty("reason");
  });

  it("is removed when it is a plain file; one that is gone is done", async () => {
    const path = join(freshDirectory(), "a");
    const files = await opened();
    await files.create({ path }, {}, ctx);
    await files.destroy(path, ctx);
    await files.destroy(path, ctx);
    await files.destroy(join(path, "below", "nothing"), ctx);
    expect(existsSync(path)).toBe(false);
  });
});

describe("a disk", () => {
  it("that is full lets nothing be half-written", async ({ skip }) => {
    const dir = freshDirectory();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", dir], { stdio: "pipe" });
    } catch (thrown) {
      skip(`a full disk needs the right to mount: ${thrown}`);
    }
    try {
      const files = await opened();
      const path = join(dir, "a");
      await files.create({ path, content: "old" }, {}, ctx);
      const content = "x".repeat(1024 * 1024);
      const update = files.update?.(await seen(files, path), { path, content }, ctx);
      expect(await failureOf(update ?? Promise.resolve())).toBe("no-space");
      expect(await failureOf(files.create({ path: join(dir, "b"), content }, {}, ctx))).toBe("no-space");
      expect(readFileSync(path, "utf8")).toBe("old");
      expect(readdirSync(dir)).toEqual(["a"]);
    } finally {
      execFileSync("umount", [dir]);
    }
  });

  it("that may not be written or read is said to be so", async () => {
    const dir = freshDirectory();
    const script = `
      import { chmodSync } from "node:fs";
      import { file } from "../file.ts";
      import { ctx, failureOf, io } from "./calls.ts";
      const dir = process.argv[1];
      const path = dir + "/a";
      const files = await file.open({}, io);
      await files.create({ path, content: "one", mode: "0600" }, {}, ctx);
      const from = await files.read(path, ctx);
      const said = [];
      chmodSync(path, 0);
      const closed = await files.read(path, ctx);
      said.push(closed.properties.mode, closed.properties.content, closed.reason);
      await files.update(closed, { path, content: "one", mode: "0600" }, ctx);
      said.push((await files.read(path, ctx)).properties.content);
      chmodSync(dir, 0o500);
      said.push(await failureOf(files.update(from, { path, content: "two" }, ctx)));
      said.push(await failureOf(files.create({ path: dir + "/b" }, {}, ctx)));
      said.push(await failureOf(files.destroy(path, ctx)));
      chmodSync(dir, 0);
      said.push(await failureOf(files.read(path, ctx)));
      chmodSync(dir, 0o700);
      console.log(JSON.stringify(said));
    `;
    const said = JSON.parse(await withoutPower(script, dir));
    const refused = "its content cannot be read: permission denied";
    expect(said).toEqual(["0000", null, refused, "one", "denied", "denied", "denied", "denied"]);
  });
});

describe("hints", () => {
  it("come for the files that were looked at, and not for their neighbours", async () => {
    const dir = freshDirectory();
    const path = join(dir, "a");
    const files = await opened();
    await files.create({ path }, {}, ctx);
    const wake = vi.fn();
    files.watch?.(wake, untilTestEnds());
    for (let i = 0; i < 100; i++) writeFileSync(join(dir, `neighbour-${i}`), "");
    unlinkSync(path);
    await vi.waitFor(() => expect(wake).toHaveBeenCalled());
    expect(wake.mock.calls.length).toBeLessThan(10);
  });

  it("come for a file made after the waiting began, until the signal", async () => {
    const path = join(freshDirectory(), "a");
    const files = await opened();
    const controller = new AbortController();
    const ended = vi.fn();
    const wake = vi.fn();
    files.watch?.(ended, controller.signal);
    files.watch?.(wake, untilTestEnds());
    await files.create({ path }, {}, ctx);
    await vi.waitFor(() => expect(wake).toHaveBeenCalled());
    controller.abort();
    const before = ended.mock.calls.length;
    wake.mockClear();
    chmodSync(path, 0o600);
    await vi.waitFor(() => expect(wake).toHaveBeenCalled());
    expect(ended.mock.calls.length).toBe(before);
  });

  it("come again from a directory that was removed and made anew", async () => {
    const dir = join(freshDirectory(), "a", "b");
    mkdirSync(dir, { recursive: true });
    const path = join(dir, "file");
    const files = await opened();
    await files.create({ path }, {}, ctx);
    const wake = vi.fn();
    files.watch?.(wake, untilTestEnds());
    const hinted = async (change: () => void) => {
      wake.mockClear();
      change();
      await vi.waitFor(() => expect(wake).toHaveBeenCalled());
    };
    await hinted(() => renameSync(dir, `${dir}-away`));
    await hinted(() => mkdirSync(dir));
    await hinted(() => writeFileSync(path, "x"));
    expect(lstatSync(path).isFile()).toBe(true);
    await hinted(() => unlinkSync(path));
  });
});

async function seen(files: Awaited<ReturnType<typeof opened>>, path: string) {
  const found = await files.read(path, ctx);
  if (found === undefined) throw new Error(`${path} is gone`);
  return found;
}
