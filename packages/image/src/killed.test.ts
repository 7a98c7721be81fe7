import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { digestsIn, namesIn, openImages } from "./images.ts";
import { exitingKernel, openRoom } from "./test/room.ts";

const BUILD_ON = join(import.meta.dirname, "test/build-on.ts");

/** Kills two that build side by side when they have built so many images together. */
async function buildAndKill(images: string, directory: string, wanted: number): Promise<void> {
  const children = [0, 1].map(() =>
    spawn(process.execPath, [BUILD_ON, images, directory], { stdio: ["ignore", "pipe", "pipe"] }),
  );
  const ends = children.map((child) => once(child, "close"));
  let [built, failed] = [0, ""];
  for (const child of children) {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      failed += text;
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      built += text.split("\n").length - 1;
      if (built >= wanted) for (const each of children) each.kill("SIGKILL");
    });
  }
  await Promise.all(ends);
  expect(failed).toBe("");
}

it("whenever builds are killed, every image that is there is whole, and every name means one", {
  timeout: 120_000,
}, async () => {
  const room = openRoom();
  room.write("hello.elf", Buffer.concat([exitingKernel(3), Buffer.alloc(300_000)]));
  for (const wanted of [1, 2, 5, 9, 14, 60]) {
    await buildAndKill(room.images, room.dir, wanted);
    const { verified, digestOf } = openImages(room.images);
    const digests = digestsIn(room.images);
    expect(digests.length).toBeGreaterThan(0);
    for (const digest of digests) expect(verified(digest).digest).toBe(digest);
    for (const name of namesIn(room.images).keys()) expect(digests).toContain(digestOf(name));
  }
  await room.build({});
  expect(readdirSync(room.images).filter((name) => name.startsWith("."))).toEqual([]);
});
