import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences } from "./diff.ts";
import { exportImage } from "./export.ts";
import { digestsIn, listedImage, namesIn, openImages, sizeOf } from "./images.ts";
import { isImageName } from "./names.ts";
import { digestOfBytes } from "./reading.ts";
import { exitingKernel, openLinuxRoom, openRoom, type Room, refusal } from "./test/room.ts";
import { bytesOfText, textOfBytes } from "./text.ts";

async function openWithHello(): Promise<Room & { readonly digest: `sha256:${string}`; readonly folder: string }> {
  const room = openRoom();
  room.write("hello.elf", exitingKernel(3));
  const { digest } = await room.build({});
  return { ...room, digest, folder: join(room.images, digest.replace(":", "-")) };
}

describe("a name", () => {
  it("is an image's name, its digest, or how that begins", async () => {
    const { images, digest } = await openWithHello();
    const { digestOf } = openImages(images);
    expect(["hello", digest, digest.slice(0, 19), digest.slice(0, 40)].map(digestOf)).toEqual(Array(4).fill(digest));
  });

  it("that nothing is called by is told with the nearest", async () => {
    const { images } = await openWithHello();
    const told = await refusal(() => openImages(images).digestOf("helo"));
    expect(told).toBe(`image.unknown: there is no image \`helo\` in ${images} (did you mean \`hello\`?)`);
    expect(await refusal(() => openImages(join(images, "none")).digestOf("a"))).toContain("image.unknown");
    expect(await refusal(() => openImages(images).digestOf(`sha256:${"0".repeat(64)}`))).toContain("image.unknown");
    expect(await refusal(() => openImages(images).verified(`sha256:${"0".repeat(64)}`))).toContain("image.unknown");
  });

  it("whose image is gone means nothing, and neither does a file that holds no digest", async () => {
    const { images, folder } = await openWithHello();
    writeFileSync(join(images, "names/odd"), "../../etc\n");
    rmSync(folder, { recursive: true });
    for (const name of ["hello", "odd"]) {
      expect(await refusal(() => openImages(images).digestOf(name))).toContain("image.unknown");
    }
  });

  it("never leads out of the directory, whatever it is", async () => {
    const { images, dir } = await openWithHello();
    writeFileSync(join(dir, "kept", "outside"), `sha256:${"1".repeat(64)}\n`);
    symlinkSync(join(dir, "kept", "outside"), join(images, "names/link"));
    for (const name of [
      "../outside",
      "../../kept/outside",
      "link",
      ".",
      "..",
      "",
      "a/b",
      "names/hello",
      "hello\0",
      "hello\n",
    ]) {
      expect(await refusal(() => openImages(images).digestOf(name)), JSON.stringify(name)).toContain("image.unknown");
    }
    expect(await refusal(() => exportImage(images, "hello\n", join(dir, "to")))).toContain("image.unknown");
  });

  it("is letters, digits, dots, dashes and underscores, and does not begin with a dot", () => {
    expect(["a", "web-1.2_x", "_a", "-a", "A".repeat(64)].map(isImageName)).toEqual(Array(5).fill(true));
    expect(["", ".a", "a/b", "a b", "é", "a\n", "A".repeat(65)].map(isImageName)).toEqual(Array(7).fill(false));
  });

  it("that begins two digests is not guessed", async () => {
    const { images, digest } = await openWithHello();
    mkdirSync(join(images, `sha256-${digest.slice(7, 30)}${"0".repeat(41)}`));
    expect(await refusal(() => openImages(images).digestOf(digest.slice(0, 25)))).toContain("image.ambiguous");
  });
});

describe("an image that was changed", () => {
  it.each(["kernel", "image.json"])("is found out by its digest, and the part is named: %s", async (part) => {
    const { images, folder, digest } = await openWithHello();
    chmodSync(join(folder, part), 0o644);
    appendFileSync(join(folder, part), " ");
    const told = await refusal(() => openImages(images).verified(digest));
    expect(told).toContain(`image.changed: image \`${digest}\` is not what its digest says: ${part} has the digest`);
  });

  it("is found out where a part is missing, or is no file", async () => {
    const { images, folder, digest } = await openWithHello();
    const kernel = join(folder, "kernel");
    renameSync(kernel, join(folder, "moved"));
    expect(await refusal(() => openImages(images).verified(digest))).toContain("kernel is not there");
    symlinkSync("moved", kernel);
    expect(await refusal(() => openImages(images).verified(digest))).toContain("kernel is a link");
    rmSync(kernel);
    mkdirSync(kernel);
    expect(await refusal(() => openImages(images).verified(digest))).toContain("kernel is no file");
  });

  it("is found out by any one bit of any part", async () => {
    const { images, folder, digest } = await openWithHello();
    const kernel = Buffer.from(exitingKernel(3));
    chmodSync(join(folder, "kernel"), 0o644);
    await fc.assert(
      fc.asyncProperty(fc.nat(kernel.length * 8 - 1), async (bit) => {
        const changed = Buffer.from(kernel);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        writeFileSync(join(folder, "kernel"), changed);
        expect(await refusal(() => openImages(images).verified(digest))).toContain("image.changed");
      }),
      { numRuns: 30 },
    );
  });

  it("is not believed for a text that has the right digest and says something else", async () => {
    const { images } = await openWithHello();
    for (const text of ['{"v":2}', "[]", "not json", '{ "v": 1 }', `{"kernel":"../../etc/passwd","v":1}`]) {
      const digest = digestOfBytes(Buffer.from(text));
      mkdirSync(join(images, digest.replace(":", "-")));
      writeFileSync(join(images, digest.replace(":", "-"), "image.json"), text);
      expect(await refusal(() => openImages(images).verified(digest))).toContain("is no text of an image");
    }
  });
});

it("a list tells names, sizes and texts without reading the parts", async () => {
  const room = await openWithHello();
  await room.build({ image: "other" });
  const image = listedImage(room.images, room.digest);
  expect(image).toMatchObject({ digest: room.digest, names: ["hello", "other"], text: { kind: "unikernel" } });
  expect(sizeOf(image)).toBe((image.sizes.kernel ?? 0) + (image.sizes.text ?? 0));
  expect([digestsIn(join(room.dir, "none")), [...namesIn(join(room.dir, "none"))]]).toEqual([[], []]);
});

it("a text comes back from its bytes as it was", () => {
  const text = fc.record({
    v: fc.constant(1 as const),
    kind: fc.constant("unikernel" as const),
    kernel: fc.constant(`sha256:${"a".repeat(64)}` as const),
    commandLine: fc.stringMatching(/^[ -~]{0,50}$/),
    env: fc.dictionary(
      fc.stringMatching(/^[A-Z_]{1,9}$/),
      fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\0")),
    ),
    ports: fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 5 }),
    memory: fc.integer({ min: 256, max: 2 ** 28 }).map((pages) => pages * 4096),
    cpus: fc.integer({ min: 1, max: 255 }),
  });
  fc.assert(
    fc.property(text, (one) => {
      const found = textOfBytes(bytesOfText(one));
      expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(JSON.stringify(one)));
    }),
  );
});

describe("an export", () => {
  it("copies an image and its name into another directory, which then is one of images", async () => {
    const { images, dir, digest } = await openWithHello();
    const to = join(dir, "disk/images");
    expect(await exportImage(images, "hello", to)).toEqual({ digest, name: "hello", isNew: true });
    expect(await exportImage(images, "hello", to)).toEqual({ digest, name: "hello", isNew: false });
    expect(openImages(to).verified(openImages(to).digestOf("hello")).digest).toBe(digest);
    expect(readdirSync(to).sort()).toEqual(["names", digest.replace(":", "-")]);
    expect(readdirSync(join(to, digest.replace(":", "-")))).toEqual(["bom.json", "image.json", "kernel"]);
  });

  it("of a digest brings no name, and one of Linux brings its archive", async () => {
    const room = openLinuxRoom();
    const { digest } = await room.buildLinux();
    const to = join(room.dir, "to");
    expect(await exportImage(room.images, digest, to)).toEqual({ digest, isNew: true });
    expect([...namesIn(to)]).toEqual([]);
    expect(openImages(to).verified(digest).initrd).toBe(join(to, digest.replace(":", "-"), "initrd"));
  });

  it("of an image that was changed makes nothing there", async () => {
    const { images, dir, folder } = await openWithHello();
    chmodSync(join(folder, "kernel"), 0o644);
    appendFileSync(join(folder, "kernel"), "x");
    const to = join(dir, "to");
    expect(await refusal(() => exportImage(images, "hello", to))).toContain("image.changed");
    expect(digestsIn(to)).toEqual([]);
  });

  it("puts a whole one in the place of one that was changed there", async () => {
    const { images, dir, digest } = await openWithHello();
    const to = join(dir, "to");
    await exportImage(images, "hello", to);
    const kernel = join(to, digest.replace(":", "-"), "kernel");
    chmodSync(kernel, 0o644);
    appendFileSync(kernel, "x");
    expect(await exportImage(images, "hello", to)).toMatchObject({ isNew: true });
    expect(openImages(to).verified(digest).digest).toBe(digest);
  });
});

describe("a comparison", () => {
  it("finds nothing between an image and itself", async () => {
    const { images, digest } = await openWithHello();
    expect(differences(images, digest, digest)).toEqual([]);
  });

  it("names everything that was said otherwise", async () => {
    const room = await openWithHello();
    const before = (await room.build({ env: { A: "1", B: "2" }, ports: [80], args: ["x"] })).digest;
    room.write("hello.elf", exitingKernel(4));
    const health = { tcp: { port: 81 } };
    const after = (
      await room.build({ env: { A: "1", B: "3", C: "" }, ports: [80, 81], memory: "1GiB", cpus: 2, health })
    ).digest;
    expect(differences(room.images, before, after)).toEqual([
      { what: "kernel", before: digestOfBytes(exitingKernel(3)), after: digestOfBytes(exitingKernel(4)) },
      { what: "command line", before: "x", after: "" },
      { what: "env", name: "B", before: "2", after: "3" },
      { what: "env", name: "C", after: "" },
      { what: "ports", before: "80", after: "80 81" },
      { what: "memory", before: "134217728", after: "1073741824" },
      { what: "cpus", before: "1", after: "2" },
      { what: "health", after: '{"tcp":{"port":81}}' },
    ]);
  });

  it("names files that came, went and changed, with the packages that they are from", async () => {
    const room = openLinuxRoom();
    room.write("a", "1");
    room.write("b", "1");
    const files = { "/server": "server", "/a": "a" };
    room.write("dpkg/info/tool:amd64.list", `${join(room.dir, "a")}\n`);
    const status = (version: string) =>
      room.write("dpkg/status", `Package: tool\nArchitecture: amd64\nVersion: ${version}\n`);
    status("1.0");
    const before = (await room.buildLinux({ files: { ...files, "/b": "b" } })).digest;
    status("2.0");
    room.write("a", "2");
    room.write("c", "1", 0o755);
    const after = (await room.buildLinux({ files: { ...files, "/c": "c" } })).digest;
    const [one, two] = ["1", "2"].map((text) => digestOfBytes(Buffer.from(text)));
    expect(differences(room.images, before, after)).toEqual([
      {
        ...{ what: "file", name: "/a", before: `0644 ${one}`, after: `0644 ${two}` },
        ...{ packageBefore: "tool 1.0", packageAfter: "tool 2.0" },
      },
      { what: "file", name: "/b", before: `0644 ${one}` },
      { what: "file", name: "/c", after: `0755 ${one}` },
    ]);
  });
});
