import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Entry, readArchive, writeArchive } from "./cpio.ts";
import { digestOfBytes } from "./reading.ts";
import { openRoom, refusal } from "./test/room.ts";

function archiveOf(entries: readonly Entry[]): Buffer {
  const pieces: Uint8Array[] = [];
  writeArchive(entries, (bytes) => pieces.push(Uint8Array.from(bytes)));
  return Buffer.concat(pieces);
}

const name = fc.stringMatching(/^[a-zA-Z0-9é._-]{1,40}$/).filter((text) => text !== "." && text !== "..");
const kind = fc.oneof(
  fc.constant({ kind: "directory" } as const),
  fc.record({ kind: fc.constant("link" as const), target: fc.stringMatching(/^[a-z./]{1,30}$/) }),
  fc.record({
    kind: fc.constant("file" as const),
    runs: fc.boolean(),
    from: fc.record({ bytes: fc.uint8Array({ maxLength: 5000 }) }),
  }),
);
const entries: fc.Arbitrary<readonly Entry[]> = fc.uniqueArray(
  fc.record({ name, kind }).map(({ name: path, kind: what }): Entry => ({ path: `/${path}`, ...what })),
  { selector: ({ path }) => path, maxLength: 12 },
);

describe("an archive", () => {
  it("gives back what was written, in the order of the paths", () => {
    const room = openRoom();
    fc.assert(
      fc.property(entries, (all) => {
        const bytes = archiveOf(all);
        const found = readArchive(room.write("archive", bytes));
        const wanted = all
          .toSorted((a, b) => (a.path < b.path ? -1 : 1))
          .map((entry) => {
            const content = entry.kind === "file" && "bytes" in entry.from ? entry.from.bytes : Buffer.alloc(0);
            const held = entry.kind === "link" ? Buffer.from(entry.target) : content;
            const mode = { directory: 0o40755, link: 0o120777, file: 0o100644 }[entry.kind];
            const runs = entry.kind === "file" && entry.runs ? 0o111 : 0;
            return { path: entry.path, mode: mode | runs, size: held.length, digest: digestOfBytes(held) };
          });
        expect(found).toEqual(wanted);
        expect(bytes.length % 4).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("is the same, bit for bit, whatever the order of the entries", () => {
    fc.assert(
      fc.property(entries, fc.nat(), (all, turn) => {
        const at = all.length === 0 ? 0 : turn % all.length;
        expect(archiveOf([...all.slice(at), ...all.slice(0, at)].reverse())).toEqual(archiveOf(all));
      }),
      { numRuns: 60 },
    );
  });

  it("tells the files in it, with their digests", () => {
    const bytes = Buffer.from("hi\n");
    const files = writeArchive([{ kind: "file", path: "/motd", runs: false, from: { bytes } }], () => undefined);
    expect(files).toEqual([{ path: "/motd", digest: digestOfBytes(bytes), size: 3 }]);
  });

  it("is unpacked by another program than ours as it is meant", ({ skip }) => {
    if (!has("busybox")) skip("there is no busybox here");
    const room = openRoom();
    const source = room.write("source", "#!/bin/sh\n");
    const archive = archiveOf([
      { kind: "directory", path: "/etc" },
      { kind: "directory", path: "/tmp", open: true },
      { kind: "file", path: "/etc/motd", runs: false, from: { bytes: Buffer.from("good day\n") } },
      { kind: "file", path: "/run me", runs: true, from: { file: source } },
      { kind: "link", path: "/etc/link", target: "../run me" },
    ]);
    const into = join(room.dir, "into");
    mkdirSync(into);
    execFileSync("busybox", ["cpio", "-i", "-d"], { cwd: into, input: archive, stdio: ["pipe", "ignore", "ignore"] });
    expect(readFileSync(join(into, "etc/motd"), "utf8")).toBe("good day\n");
    expect(readFileSync(join(into, "run me"), "utf8")).toBe("#!/bin/sh\n");
    expect(readlinkSync(join(into, "etc/link"))).toBe("../run me");
    const modes = ["etc/motd", "run me", "tmp"].map((path) => (lstatSync(join(into, path)).mode & 0o7777).toString(8));
    expect(modes).toEqual(["644", "755", "1777"]);
  });

  it("that is cut off anywhere is refused, and never read past its end", () => {
    const room = openRoom();
    const whole = archiveOf([{ kind: "file", path: "/a", runs: false, from: { bytes: Buffer.from("content") } }]);
    for (let length = 0; length < whole.length - 4; length += 3) {
      const path = room.write("archive", whole.subarray(0, length));
      expect(() => readArchive(path), String(length)).toThrow(/newc|cut off/);
    }
  });

  it("has no path that is longer than Linux takes", async () => {
    const entry: Entry = { kind: "directory", path: `/${"a".repeat(5000)}` };
    expect(await refusal(() => archiveOf([entry]))).toContain("image.too-large: a path of the image has 5001");
  });
});

function has(program: string): boolean {
  try {
    execFileSync(program, ["true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
