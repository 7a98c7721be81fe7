import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Observed } from "@muster/model";
import type { ClaimedProvider } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { file, openFiles } from "./file.ts";
import type { FileProperties } from "./file-properties.ts";
import { ctx, io } from "./test/calls.ts";
import { freshDirectory, withoutPower } from "./test/surroundings.ts";

async function pagesOf(files: ClaimedProvider<FileProperties>): Promise<(readonly Observed<FileProperties>[])[]> {
  const pages: (readonly Observed<FileProperties>[])[] = [];
  for await (const page of files.list?.(ctx) ?? []) pages.push(page);
  return pages;
}

describe("a list of files", () => {
  it("there is only below a root", async () => {
    expect((await file.open({}, io)).list).toBeUndefined();
  });

  it.each([true, false])("shows each plain file as it is read, wherever it lies (held: %s)", async (held) => {
    const root = freshDirectory();
    const files = openFiles({ root, held }, io);
    const paths = [join(root, "a"), join(root, "b", "c", "d"), join(root, "b", "ünï 空")];
    mkdirSync(join(root, "b", "c"), { recursive: true });
    for (const path of paths) writeFileSync(path, path);
    symlinkSync("a", join(root, "link"));
    symlinkSync("/", join(root, "everything"));
    execFileSync("mkfifo", [join(root, "pipe")]);
    writeFileSync(join(root, ".muster-1-1.tmp"), "half");
    const before = readdirSync("/proc/self/fd").length;
    const found = (await pagesOf(files)).flat();
    expect(found.map(({ id }) => id).toSorted()).toEqual(paths.toSorted());
    for (const each of found) expect(each).toEqual(await files.read(each.id, ctx));
    expect(readdirSync("/proc/self/fd")).toHaveLength(before);
  });

  it("comes in pages that can be held in memory", async () => {
    const root = freshDirectory("/dev/shm");
    const files = await file.open({ root }, io);
    for (let i = 0; i < 2500; i++) writeFileSync(join(root, `small-${i}`), "x");
    for (let i = 0; i < 5; i++) truncateSync(makeEmpty(join(root, `large-${i}`)), 1024 * 1024);
    const pages = await pagesOf(files);
    expect(pages.flat()).toHaveLength(2505);
    for (const page of pages) {
      expect(page.length).toBeLessThanOrEqual(1000);
      expect(page.filter(({ id }) => id.includes("large"))).toHaveLength(page.some(isLarge) ? 1 : 0);
    }
  });

  it("goes on where a directory goes meanwhile, and fails where the root does", async () => {
    const root = freshDirectory();
    const files = await file.open({ root }, io);
    for (const name of ["a", "b", "c"]) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, "file"), name);
    }
    const list = files.list?.(ctx) ?? [];
    const found: string[] = [];
    for await (const page of list) {
      found.push(...page.map(({ id }) => id));
      for (const name of ["a", "b", "c"]) rmSync(join(root, name), { recursive: true, force: true });
    }
    expect(found).toHaveLength(1);
    rmSync(root, { recursive: true });
    await expect(pagesOf(files)).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("fails where a directory may not be looked into: what is in there is not nothing", async () => {
    const root = freshDirectory();
    const script = `
      import { mkdirSync, chmodSync } from "node:fs";
      import { file } from "../file.ts";
      import { ctx, failureOf, io } from "./calls.ts";
      const root = process.argv[1];
      mkdirSync(root + "/closed");
      chmodSync(root + "/closed", 0);
      const files = await file.open({ root }, io);
      const all = async () => { for await (const page of files.list(ctx)) page.length; };
      console.log(await failureOf(all()));
      chmodSync(root + "/closed", 0o700);
    `;
    expect(await withoutPower(script, root)).toBe("denied");
  });
});

function makeEmpty(path: string): string {
  writeFileSync(path, "");
  return path;
}

function isLarge({ id }: Observed<FileProperties>): boolean {
  return id.includes("large");
}
