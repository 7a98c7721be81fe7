import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Type } from "@muster/plugin";
import { describe, expect, it, vi } from "vitest";
import { instanceFile } from "./instance-file.ts";
import { ctx, failureOf, io, listed } from "./test/calls.ts";
import { freshDirectory, untilTestEnds, withoutPower } from "./test/surroundings.ts";

const want = { properties: { Note: "v1" }, init: "echo hi", tags: { tier: "web" } };
const mark = { "muster.stack": "shop", "muster.owner": "web" };

async function opened(dir = freshDirectory()) {
  return { dir, provider: await instanceFile.open({ dir }, io) };
}

describe("an instance's file", () => {
  it("is a type like any other", () => {
    const type: Type = instanceFile;
    expect(type.schema.safeParse(want).success).toBe(true);
    expect(type.schema.safeParse({ note: "v1" }).success).toBe(false);
    expect(type.settings.safeParse({}).success).toBe(false);
  });

  it("is written as InfraKit writes it", async () => {
    const { dir, provider } = await opened();
    const given = { "infrakit.group": "cattle", "infrakit.logical_id": "10.0.0.1" };
    const { id } = await provider.create({ ...want, attachments: [{ id: "vol-1", type: "disk" }] }, given, ctx);
    expect(id).toMatch(/^instance-\d{1,19}$/);
    const text = readFileSync(join(dir, id), "utf8");
    const tags = { tier: "web", ...given };
    expect(JSON.parse(text)).toEqual({
      ID: id,
      LogicalID: "10.0.0.1",
      Tags: tags,
      Spec: {
        Properties: { Note: "v1" },
        Tags: tags,
        Init: "echo hi",
        LogicalID: "10.0.0.1",
        Attachments: [{ ID: "vol-1", Type: "disk" }],
      },
    });
    expect(text).toContain('\n  "LogicalID"');
    expect(statSync(join(dir, id)).mode & 0o777).toBe(0o600);
    expect(filesIn(dir)).toEqual([id]);
  });

  it("is read back with what it was made of", async () => {
    const { provider } = await opened();
    const { id } = await provider.create({ ...want, attachments: [{ id: "vol-1", type: "disk" }] }, mark, ctx);
    const [seen] = await listed(provider);
    expect(seen).toMatchObject({
      id,
      phase: "running",
      tags: { tier: "web", ...mark },
      properties: { properties: { Note: "v1" }, init: "echo hi", attachments: [{ id: "vol-1", type: "disk" }] },
    });
    expect(Math.abs((seen?.since ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await provider.read?.(id, ctx)).toEqual(seen);
  });

  it("is listed by all of the tags asked for", async () => {
    const { provider } = await opened();
    const { id } = await provider.create(want, mark, ctx);
    await provider.create(want, { ...mark, "muster.owner": "db" }, ctx);
    expect((await listed(provider, mark)).map((each) => each.id)).toEqual([id]);
    expect(await listed(provider, { ...mark, other: "x" })).toEqual([]);
    expect(await listed(provider)).toHaveLength(2);
  });

  it("can be one InfraKit wrote, with nulls for what is empty", async () => {
    const { dir, provider } = await opened();
    const spec = { Properties: { Note: "v1" }, Tags: { a: "b" }, Init: "", LogicalID: null, Attachments: null };
    const record = { ID: "instance-77", LogicalID: null, Tags: { a: "b" }, Spec: spec };
    writeFileSync(join(dir, "instance-77"), JSON.stringify(record));
    expect(await listed(provider, { a: "b" })).toMatchObject([
      { id: "instance-77", phase: "running", properties: { properties: { Note: "v1" } } },
    ]);
  });

  it("bears unicode, quotes and long texts unharmed", async () => {
    const { provider } = await opened();
    const odd = { 'ключ "1"': "\u{1F404}\n\\\u0000", __proto__x: "y", long: "x".repeat(10_000) };
    await provider.create({ properties: { "": "空" } }, odd, ctx);
    expect(await listed(provider, odd)).toMatchObject([{ tags: odd, properties: { properties: { "": "空" } } }]);
  });

  it("is not written over one that is known, though a number came up twice", async () => {
    const { dir } = await opened();
    const same = { ...io, randomBytes: (count: number) => new Uint8Array(count).fill(7) };
    const provider = await instanceFile.open({ dir }, same);
    const { id } = await provider.create(want, mark, ctx);
    expect(await failureOf(provider.create(want, { other: "owner" }, ctx))).toBe("conflict");
    expect(await listed(provider, mark)).toMatchObject([{ id }]);
    expect(filesIn(dir)).toEqual([id]);
  });

  it("is refused when it would be too big to be read back", async () => {
    const { dir, provider } = await opened();
    const big = { properties: { Note: "x".repeat(1024 * 1024) } };
    expect(await failureOf(provider.create(big, mark, ctx))).toBe("invalid");
    expect(await failureOf(provider.validate?.(big) ?? Promise.resolve())).toBe("invalid");
    expect(filesIn(dir)).toEqual([]);
  });

  it("can be given other tags, and keeps the rest", async () => {
    const { dir, provider } = await opened();
    const { id } = await provider.create(want, mark, ctx);
    await provider.retag?.(id, { tier: "db", fresh: "yes" }, ctx);
    const [seen] = await listed(provider, mark);
    expect(seen?.tags).toEqual({ ...mark, tier: "db", fresh: "yes" });
    expect(seen?.properties).toMatchObject({ properties: { Note: "v1" }, init: "echo hi" });
    expect(filesIn(dir)).toEqual([id]);
    expect(await failureOf(provider.retag?.("instance-1", {}, ctx) ?? Promise.resolve())).toBe("retryable");
  });
});

describe("opened by somebody who only looks", () => {
  const lookInto = async (dir: string) => {
    const provider = await instanceFile.openToLook?.({ dir }, io);
    if (provider === undefined) throw new Error("it cannot be opened so");
    return provider;
  };

  it("shows what is there", async () => {
    const { dir, provider } = await opened();
    const { id } = await provider.create(want, mark, ctx);
    expect(await listed(await lookInto(dir), mark)).toMatchObject([{ id }]);
  });

  it("makes no directory, and finds nobody where there is none", async () => {
    const dir = join(freshDirectory(), "above", "instances");
    expect(await listed(await lookInto(dir))).toEqual([]);
    expect(existsSync(join(dir, ".."))).toBe(false);
  });

  it("leaves what another writer has not finished", async () => {
    const dir = freshDirectory();
    const unfinished = join(dir, ".muster", `.muster-${process.pid}-1.tmp`);
    mkdirSync(join(dir, ".muster"));
    writeFileSync(unfinished, "half");
    await listed(await lookInto(dir));
    expect(existsSync(unfinished)).toBe(true);
  });

  it("is refused where something else is in the way", async () => {
    const file = join(freshDirectory(), "file");
    writeFileSync(file, "");
    expect(await failureOf(lookInto(file))).toBe("invalid");
  });
});

describe("destroying", () => {
  it("removes the file, and one that is gone is done", async () => {
    const { dir, provider } = await opened();
    const { id } = await provider.create(want, mark, ctx);
    await provider.destroy(id, ctx);
    await provider.destroy(id, ctx);
    expect(filesIn(dir)).toEqual([]);
    expect(await provider.read?.(id, ctx)).toBeUndefined();
  });

  it.each(["../outside", "a/b", "..", ".", "", ".hidden", "a\0b"])("refuses the id %j", async (id) => {
    const { dir, provider } = await opened(join(freshDirectory(), "inner"));
    writeFileSync(join(dir, "..", "outside"), "kept");
    expect(await failureOf(provider.destroy(id, ctx))).toBe("invalid");
    expect(await failureOf(provider.read?.(id, ctx) ?? Promise.resolve())).toBe("invalid");
    expect(existsSync(join(dir, "..", "outside"))).toBe(true);
  });
});

describe("a look", () => {
  it("sees every change by hand, and forgets what went", async () => {
    const { dir, provider } = await opened();
    const { id } = await provider.create(want, mark, ctx);
    const other = await provider.create(want, mark, ctx);
    expect(await listed(provider, mark)).toHaveLength(2);
    const path = join(dir, id);
    writeFileSync(path, readFileSync(path, "utf8").replace('"v1"', '"v2"'));
    expect((await listed(provider)).find((each) => each.id === id)?.properties.properties).toEqual({ Note: "v2" });
    unlinkSync(join(dir, other.id));
    expect(await listed(provider, mark)).toHaveLength(1);
  });

  it("sees what was changed, exchanged or removed right after it was made", async () => {
    const { dir, provider } = await opened();
    const [changed, linked, removed] = await Promise.all([1, 2, 3].map(() => provider.create(want, mark, ctx)));
    const at = (made: { id: string } | undefined) => join(dir, made?.id ?? "");
    writeFileSync(at(changed), readFileSync(at(changed), "utf8").replace('"v1"', '"changed"'));
    unlinkSync(at(linked));
    symlinkSync("nowhere", at(linked));
    unlinkSync(at(removed));
    expect(await listed(provider, mark)).toMatchObject([{ properties: { properties: { Note: "changed" } } }]);
  });

  it("shows the same of an instance whether it was made here or read", async () => {
    const { dir, provider } = await opened();
    await provider.create({ ...want, attachments: [] }, mark, ctx);
    await provider.create({ tags: { a: "b" } }, {}, ctx);
    const elsewhere = await instanceFile.open({ dir }, io);
    const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
    expect((await listed(provider)).sort(byId)).toEqual((await listed(elsewhere)).sort(byId));
  });

  it("sees an exchange for a file of the same size and age", async () => {
    const { dir, provider } = await opened();
    const { id } = await provider.create(want, mark, ctx);
    const path = join(dir, id);
    const { atime, mtime } = statSync(path);
    await vi.waitFor(() => expect(Date.now() - statSync(path).ctimeMs).toBeGreaterThan(20));
    await listed(provider);
    writeFileSync(path, readFileSync(path, "utf8").replace('"v1"', '"v9"'));
    utimesSync(path, atime, mtime);
    expect((await listed(provider))[0]?.properties.properties).toEqual({ Note: "v9" });
  });

  it("makes nobody's of what is no instance, says why, and is held up by none of it", async () => {
    const { dir, provider } = await opened();
    const { id } = await provider.create(want, mark, ctx);
    const at = (name: string) => join(dir, name);
    copyFileSync(at(id), at("instance-copy"));
    writeFileSync(at("empty"), "");
    writeFileSync(at("cut-off"), readFileSync(at(id), "utf8").slice(0, 40));
    writeFileSync(at("list"), "[]");
    writeFileSync(at("tags-wrong"), JSON.stringify({ ID: "tags-wrong", Tags: { "muster.stack": 1 }, Spec: {} }));
    writeFileSync(at("spec-wrong"), JSON.stringify({ ID: "spec-wrong", Tags: mark, Spec: { Init: 1 } }));
    writeFileSync(at("no-spec"), JSON.stringify({ ID: "no-spec", Tags: mark }));
    writeFileSync(at("bytes"), Buffer.from([0xff, 0xfe, 0x00]));
    writeFileSync(at("huge"), "");
    truncateSync(at("huge"), 4 * 1024 ** 3);
    writeFileSync(at("ünï-空"), "x");
    mkdirSync(at("directory"));
    symlinkSync(at(id), at("instance-link"));
    symlinkSync("/dev/zero", at("endless"));
    symlinkSync("nowhere", at("dangling"));
    execFileSync("mkfifo", [at("pipe")]);
    writeFileSync(at(".hidden"), readFileSync(at(id)));
    expect((await listed(provider, mark)).map((each) => each.id)).toEqual([id]);
    const strangers = (await listed(provider)).filter((each) => each.id !== id);
    expect(strangers).toHaveLength(15);
    for (const stranger of strangers) {
      expect(stranger).toMatchObject({ tags: {}, phase: "unknown", properties: {}, reason: expect.any(String) });
    }
  });

  it("reads again what could not be read as an instance, once it is mended", async () => {
    const { dir, provider } = await opened();
    const { id } = await provider.create(want, mark, ctx);
    const whole = readFileSync(join(dir, id));
    truncateSync(join(dir, id), 10);
    expect(await listed(provider, mark)).toEqual([]);
    writeFileSync(join(dir, id), whole);
    expect(await listed(provider, mark)).toMatchObject([{ id }]);
  });

  it("fails where the directory, or the one above it, cannot be told to be empty", async () => {
    const above = join(freshDirectory(), "above");
    const { dir, provider } = await opened(join(above, "instances"));
    rmSync(above, { recursive: true });
    expect(await failureOf(listed(provider))).not.toBe("done");
    mkdirSync(above);
    writeFileSync(dir, "in the way");
    expect(await failureOf(listed(provider))).toBe("invalid");
  });

  it("shows all of 5,000, made at once", async () => {
    const { provider } = await opened(freshDirectory("/dev/shm"));
    const made = await Promise.all(Array.from({ length: 5000 }, () => provider.create(want, mark, ctx)));
    const seen = await listed(provider, mark);
    expect(new Set(seen.map((each) => each.id))).toEqual(new Set(made.map((each) => each.id)));
    expect(new Set(seen.map((each) => each.id)).size).toBe(5000);
  });
});

describe("the directory", () => {
  it("is made, closed to others, and made again when it was removed", async () => {
    const { dir, provider } = await opened(join(freshDirectory(), "a", "b"));
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    await provider.create(want, mark, ctx);
    rmSync(dir, { recursive: true });
    expect(await listed(provider)).toEqual([]);
    const { id } = await provider.create(want, mark, ctx);
    expect(await listed(provider, mark)).toMatchObject([{ id }]);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  it("is refused when it is a file", async () => {
    const path = join(freshDirectory(), "file");
    writeFileSync(path, "");
    expect(await failureOf(instanceFile.open({ dir: path }, io))).toBe("invalid");
    expect(await failureOf(instanceFile.open({ dir: join(path, "below") }, io))).toBe("invalid");
  });

  it("is cleared of what a writer that died left behind, and of nothing else", async () => {
    const dir = freshDirectory();
    const dead = execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).trim();
    const workshop = join(dir, ".muster");
    mkdirSync(workshop);
    writeFileSync(join(workshop, `.muster-${dead}-12.tmp`), "half");
    writeFileSync(join(workshop, `.muster-${process.ppid}-12.tmp`), "of a living one");
    writeFileSync(join(workshop, ".other"), "kept");
    await opened(dir);
    expect(readdirSync(workshop).sort()).toEqual([`.muster-${process.ppid}-12.tmp`, ".other"].sort());
  });

  it("that is full lets nothing be half-made", async ({ skip }) => {
    const dir = freshDirectory();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", dir], { stdio: "pipe" });
    } catch (thrown) {
      skip(`a full disk needs the right to mount: ${thrown}`);
    }
    try {
      const { provider } = await opened(dir);
      const big = { properties: { Note: "x".repeat(200 * 1024) } };
      await provider.create(big, mark, ctx);
      await provider.create(big, mark, ctx);
      expect(await failureOf(provider.create(big, mark, ctx))).toBe("no-space");
      expect(await listed(provider)).toHaveLength(2);
      expect(filesIn(dir)).toHaveLength(2);
    } finally {
      execFileSync("umount", [dir]);
    }
  });

  it("that cannot be written is refused before anything is made; one that cannot be read is not empty", async () => {
    const dir = freshDirectory();
    const script = `
      import { chmodSync } from "node:fs";
      import { instanceFile } from "../instance-file.ts";
      import { ctx, failureOf, io, listed } from "./calls.ts";
      const dir = process.argv[1];
      const provider = await instanceFile.open({ dir }, io);
      const { id } = await provider.create({}, { a: "b" }, ctx);
      const said = [];
      chmodSync(dir, 0o500);
      said.push(await failureOf(provider.validate({})), await failureOf(provider.create({}, {}, ctx)));
      said.push((await listed(provider)).length);
      chmodSync(dir, 0o300);
      said.push(await failureOf(listed(provider)));
      chmodSync(dir, 0o700);
      chmodSync(dir + "/" + id, 0);
      said.push(await failureOf(listed(provider, { a: "b" })));
      console.log(said.join(" "));
    `;
    expect(await withoutPower(script, dir)).toBe("denied denied 1 denied denied");
  });
});

describe("hints", () => {
  it("come when an instance is removed, made or changed by hand, until the signal", async () => {
    const { dir, provider } = await opened();
    const { id } = await provider.create(want, mark, ctx);
    const controller = new AbortController();
    const wake = vi.fn();
    provider.watch?.(wake, controller.signal);
    unlinkSync(join(dir, id));
    await vi.waitFor(() => expect(wake).toHaveBeenCalled());
    controller.abort();
    wake.mockClear();
    const still = vi.fn();
    provider.watch?.(still, untilTestEnds());
    writeFileSync(join(dir, "other"), "");
    await vi.waitFor(() => expect(still).toHaveBeenCalled());
    expect(wake).not.toHaveBeenCalled();
  });

  it("come again from a directory that was removed and made anew, and from one that was moved away", async () => {
    const { dir, provider } = await opened(join(freshDirectory(), "a", "b"));
    const wake = vi.fn();
    provider.watch?.(wake, untilTestEnds());
    const hinted = async (change: () => void) => {
      wake.mockClear();
      change();
      await vi.waitFor(() => expect(wake).toHaveBeenCalled());
    };
    await hinted(() => rmSync(dir, { recursive: true }));
    await hinted(() => mkdirSync(dir));
    await hinted(() => writeFileSync(join(dir, "x"), ""));
    await hinted(() => rmSync(join(dir, ".."), { recursive: true }));
    await hinted(() => mkdirSync(dir, { recursive: true }));
    await hinted(() => writeFileSync(join(dir, "y"), ""));
    await hinted(() => renameSync(dir, `${dir}-moved`));
    await hinted(() => mkdirSync(dir));
    await hinted(() => writeFileSync(join(dir, "z"), ""));
  });
});

/** What stands in the directory, half-written files included, the empty workshop not. */
function filesIn(dir: string): readonly string[] {
  const inWorkshop = readdirSync(join(dir, ".muster"));
  return [...readdirSync(dir).filter((name) => name !== ".muster"), ...inWorkshop];
}
