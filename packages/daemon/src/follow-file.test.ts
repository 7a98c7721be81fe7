import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { followFile } from "./index.ts";
import { newRoom } from "./test/room.ts";

const SOON = { timeout: 3_000, interval: 20 };

describe("a file that is followed", () => {
  it("is read again after an edit, however the editor writes it", async () => {
    const { file, changed } = followed();
    writeFileSync(file, "two");
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), SOON);
    writeFileSync(`${file}~`, "three");
    renameSync(`${file}~`, file);
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2), SOON);
  });

  it("is left alone when it was written as it was", async () => {
    const { file, changed } = followed();
    writeFileSync(file, "one");
    writeFileSync(file, "two");
    writeFileSync(file, "one");
    writeFileSync(file, "three");
    await vi.waitFor(() => expect(changed).toHaveBeenCalled(), SOON);
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it("goes on being followed after an edit that was not valid", async () => {
    const { file, changed, refused } = followed();
    changed.mockRejectedValueOnce(new Error("not valid"));
    writeFileSync(file, "two");
    await vi.waitFor(() => expect(refused).toHaveBeenCalledWith(new Error("not valid")), SOON);
    writeFileSync(file, "three");
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2), SOON);
    expect(refused).toHaveBeenCalledTimes(1);
  });

  it("is read again when it was edited while the last edit was being taken in", async () => {
    const { file, changed } = followed();
    changed.mockImplementationOnce(async () => writeFileSync(file, "three"));
    writeFileSync(file, "two");
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2), SOON);
  });

  it("is found again when its directory was removed and made anew", async () => {
    const { directory, file, changed } = followed();
    rmSync(directory, { recursive: true });
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), SOON);
    mkdirSync(directory);
    writeFileSync(file, "two");
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2), SOON);
  });
});

function followed() {
  const room = newRoom();
  const directory = room.path("stacks");
  const file = room.path("stacks", "shop.yaml");
  mkdirSync(directory);
  writeFileSync(file, "one");
  const changed = vi.fn<() => Promise<void>>(async () => undefined);
  const refused = vi.fn();
  onTestFinished(followFile(file, changed, refused));
  return { directory, file, changed, refused };
}
