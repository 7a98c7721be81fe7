import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { makeDirectories, makePrivateDirectory } from "./directory.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "muster-directory-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

it("makes what is missing, closed to others", () => {
  const path = join(folder(), "a/b/c");
  makePrivateDirectory(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  makePrivateDirectory(path);
});

it("refuses one that is open to others, and a file in its place", () => {
  const open = folder();
  chmodSync(open, 0o755);
  expect(() => makePrivateDirectory(open)).toThrow("is open to others");
  const file = join(folder(), "file");
  writeFileSync(file, "");
  expect(() => makePrivateDirectory(file)).toThrow("cannot be made");
  expect(() => makePrivateDirectory(join(file, "below"))).toThrow("cannot be made");
});

it("ends where nothing can be made though the place is there", () => {
  expect(() => makeDirectories("/proc/nowhere/at/all", 0o700)).toThrow("ENOENT");
});
