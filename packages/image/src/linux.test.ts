import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readArchive } from "./cpio.ts";
import { openImages } from "./images.ts";
import { newestKernel, runText } from "./linux.ts";
import { digestOfBytes } from "./reading.ts";
import { bzImage, dynamicProgram, openLinuxRoom, openRoom, refusal, staticProgram } from "./test/room.ts";

type LinuxRoom = ReturnType<typeof openLinuxRoom>;

/** Path → its mode, and the digest of its bytes. */
async function contentsOf(room: LinuxRoom, given: object = {}, deps: object = {}) {
  const { digest } = await room.buildLinux(given, deps);
  const { initrd = "" } = openImages(room.images).verified(digest);
  const found = readArchive(initrd).map((file) => [file.path, file] as const);
  return new Map(found);
}

describe("an image of Linux", () => {
  it("holds the init, the program, and what the init is told", async () => {
    const room = openLinuxRoom();
    const contents = await contentsOf(room, {
      env: { B: "2", A: "one two" },
      entrypoint: ["/server", "", "--port=1"],
      user: "7:8",
    });
    const modes = [...contents.values()].map(({ path, mode }) => `${path} ${mode.toString(8)}`);
    expect(modes).toEqual([
      "/dev 40755",
      "/etc 40755",
      "/etc/muster 40755",
      "/etc/muster/modules 100644",
      "/etc/muster/run 100644",
      "/init 100755",
      "/proc 40755",
      "/run 40755",
      "/server 100755",
      "/sys 40755",
      "/tmp 41777",
    ]);
    const run = ["7", "8", "A=one two", "B=2", "", "/server", "", "--port=1"].map((text) => `${text}\0`).join("");
    expect(contents.get("/etc/muster/run")?.digest).toBe(digestOfBytes(Buffer.from(run)));
    expect(contents.get("/etc/muster/modules")?.size).toBe(0);
    expect(contents.get("/init")?.digest).toBe(digestOfBytes(staticProgram("init")));
  });

  it("says of itself which kernel and archive it has, and how it is booted", async () => {
    const room = openLinuxRoom();
    const { digest } = await room.buildLinux({ env: { A: "1" } });
    const { text } = openImages(room.images).verified(digest);
    expect(text).toEqual({
      ...{ v: 1, kind: "linux", kernel: digestOfBytes(bzImage("6.1.0-9-test")), initrd: text.initrd },
      ...{ commandLine: "console=ttyS0 quiet panic=-1", env: { A: "1" }, ports: [], memory: 134_217_728, cpus: 1 },
    });
  });

  it("runs as nobody unless told", () => {
    const told = { env: {}, entrypoint: ["/a"] as const };
    expect(runText({ ...told, user: { uid: 65_534, gid: 65_534 } })).toBe("65534\x0065534\x00\x00/a\x00");
  });

  it("has directories as they are found, with rights as the owner's tell", async () => {
    const room = openLinuxRoom();
    room.write("www/index.html", "hi", 0o600);
    room.write("www/cgi/run", "x", 0o740);
    room.link("www/cgi/home", "../index.html");
    mkdirSync(join(room.dir, "www/empty"), { mode: 0o700 });
    const contents = await contentsOf(room, { files: { "/server": "server", "/srv/www": "./www/" } });
    const found = [...contents].filter(([path]) => path.startsWith("/srv"));
    expect(found.map(([path, { mode }]) => `${path} ${mode.toString(8)}`)).toEqual([
      "/srv 40755",
      "/srv/www 40755",
      "/srv/www/cgi 40755",
      "/srv/www/cgi/home 120777",
      "/srv/www/cgi/run 100755",
      "/srv/www/empty 40755",
      "/srv/www/index.html 100644",
    ]);
    expect(contents.get("/srv/www/cgi/home")?.digest).toBe(digestOfBytes(Buffer.from("../index.html")));
  });

  it("is the same bit for bit, in whatever order and whenever its files were written", async () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(names, fc.nat(2 ** 31), async (all, time) => {
        const digests: string[] = [];
        for (const order of [all, all.toReversed()]) {
          const room = openLinuxRoom();
          for (const name of order) {
            const path = room.write(`www/${name}/${name}`, name);
            if (order !== all) utimesSync(path, time, time);
          }
          digests.push((await room.buildLinux({ files: { "/www": "www", "/server": "server" } })).digest);
        }
        expect(digests[1]).toBe(digests[0]);
      }),
      { numRuns: 15 },
    );
  });

  it("takes a whole tree as `/`", async () => {
    const room = openLinuxRoom();
    room.write("tree/bin/busybox", staticProgram("busybox"), 0o755);
    room.write("tree/etc/passwd", "root");
    room.link("tree/bin/sh", "busybox");
    const contents = await contentsOf(room, { files: { "/": "tree" }, entrypoint: ["/bin/sh", "-c", "true"] });
    expect(contents.has("/etc/passwd") && contents.has("/etc/muster/run") && contents.has("/bin/sh")).toBe(true);
  });

  it.each([
    ["an absolute link", "www/x", "/etc/passwd", "it is a link to /etc/passwd"],
    ["a link out of its directory", "www/x", "../server", "it leads out of"],
    ["a link that leads out and in again", "www/x", "../www/a/index.html", "it leads out of"],
    ["a link that climbs", "www/a/x", "../../../../../etc/passwd", "it leads out of"],
    ["a link that leads nowhere", "www/x", "nothing", "ENOENT"],
  ])("refuses %s", async (_what, name, target, detail) => {
    const room = openLinuxRoom();
    room.write("www/a/index.html", "hi");
    room.link(name, target);
    const told = await refusal(() => room.buildLinux({ files: { "/server": "server", "/www": "www" } }));
    expect(told).toContain(`image.bad-file: ${room.dir}/${name} cannot be a part of the image: ${detail}`);
  });

  it.each([
    ["../outside", "it leads out of the manifest's directory"],
    ["leads-out", "it leads out of the manifest's directory"],
    ["not-there", "ENOENT"],
  ])("refuses the source %s", async (source, detail) => {
    const room = openLinuxRoom();
    const outside = openRoom();
    outside.write("secret", "secret");
    room.link("leads-out", join(outside.dir, "secret"));
    const given = {
      files: {
        "/server": "server",
        "/x": source === "../outside" ? `../${outside.dir.split("/").at(-1)}/secret` : source,
      },
    };
    const told = await refusal(() => room.buildLinux(given));
    expect(told).toContain("image.bad-file: ");
    expect(told).toContain(detail);
  });

  it("takes a program of the machine by its absolute path, as it is written", async () => {
    const room = openLinuxRoom();
    const elsewhere = openRoom().write("tool", staticProgram("tool"), 0o755);
    expect((await contentsOf(room, { files: { "/server": "server", "/tool": elsewhere } })).has("/tool")).toBe(true);
  });

  it.each([
    [{ "/init": "server" }, "/init is Muster's own"],
    [{ "/etc/muster/run": "server" }, "/etc/muster/run is Muster's own"],
    [{ "/proc/x": "server" }, "/proc/x is covered by what is mounted at /proc"],
    [{ "/": "tree" }, "/init is Muster's own"],
    [{ "/": "server" }, "only a directory can be `/`"],
    [{ "/tmp": "server" }, "something else is at this path already"],
    [{ "/server/x": "server" }, "/server is a file, and no directory"],
  ])("refuses %j", async (files, detail) => {
    const room = openLinuxRoom();
    room.write("tree/init", "x");
    const told = await refusal(() => room.buildLinux({ files: { "/server": "server", ...files } }));
    expect(told).toContain(detail);
  });

  it("refuses a program that cannot run by itself", async () => {
    const room = openLinuxRoom();
    room.write("dynamic", dynamicProgram(), 0o755);
    room.write("script", "#!/bin/sh\n", 0o755);
    room.write("plain", staticProgram("plain"), 0o644);
    const withProgram = (name: string) => refusal(() => room.buildLinux({ files: { "/p": name }, entrypoint: ["/p"] }));
    expect(await withProgram("dynamic")).toContain("image.not-static: the program /p cannot run by itself: ");
    expect(await withProgram("dynamic")).toContain("PT_INTERP");
    expect(await withProgram("script")).toContain("is no ELF program");
    expect(await withProgram("plain")).toContain("it cannot be run by its owner");
    expect(await refusal(() => room.buildLinux({ entrypoint: ["/nothing"] }))).toContain("it is not there");
    const node = await refusal(() => room.buildLinux({ files: { "/p": process.execPath }, entrypoint: ["/p"] }));
    expect(node).toContain("image.not-static");
    expect(await refusal(() => room.buildLinux({}, { init: async () => join(room.dir, "script") }))).toContain(
      "not-static",
    );
  });

  it("may have its init made for it, in a directory that goes with the build", async () => {
    const room = openLinuxRoom();
    let made = "";
    const init = async (into: string): Promise<string> => {
      made = join(into, "init");
      writeFileSync(made, staticProgram("made"));
      return made;
    };
    const contents = await contentsOf(room, {}, { init });
    expect(contents.get("/init")?.digest).toBe(digestOfBytes(staticProgram("made")));
    expect([existsSync(made), readdirSync(room.images).filter((name) => name.startsWith("."))]).toEqual([false, []]);
  });

  it("does not fit into less memory than it has bytes", async () => {
    const room = openLinuxRoom();
    room.write("large", Buffer.alloc(2 ** 21));
    const given = { files: { "/server": "server", "/large": "large" }, memory: "2MiB" };
    expect(await refusal(() => room.buildLinux(given))).toContain("image.too-large: kernel and files together");
  });
});

describe("modules", () => {
  function openWithModules(): LinuxRoom {
    const room = openLinuxRoom();
    room.write("root/lib/modules/6.1.0-9-test/kernel/drivers/net/virtio_net.ko", "net");
    room.write("root/lib/modules/6.1.0-9-test/kernel/drivers/virtio/virtio-mmio.ko", "mmio");
    room.write("root/lib/modules/6.1.0-9-test/kernel/drivers/packed.ko.xz", "packed");
    room.write("root/lib/modules/6.1.0-9-test/modules.builtin", "kernel/drivers/virtio/virtio_ring.ko\n");
    return room;
  }

  it("are named in loading order, and those that are built in are left out", async () => {
    const room = openWithModules();
    const modules = ["virtio_ring", "virtio_net", "virtio_mmio"];
    const contents = await contentsOf(room, {}, { modules });
    const listed = "/etc/muster/ko/virtio_net.ko\n/etc/muster/ko/virtio-mmio.ko\n";
    expect(contents.get("/etc/muster/modules")?.digest).toBe(digestOfBytes(Buffer.from(listed)));
    expect(contents.get("/etc/muster/ko/virtio_net.ko")?.digest).toBe(digestOfBytes(Buffer.from("net")));
    expect(contents.has("/etc/muster/ko/virtio-mmio.ko")).toBe(true);
  });

  it("that are neither there nor built in are named", async () => {
    const room = openWithModules();
    const told = (modules: readonly string[], given = {}) => refusal(() => room.buildLinux(given, { modules }));
    expect(await told(["virtio_net", "virtio_blk"])).toContain("image.no-module: the module `virtio_blk` is neither");
    expect(await told(["packed"])).toContain("kernel/drivers/packed.ko.xz is compressed");
    expect(await told(["a"], { modules: "not-there" })).toContain("not-there, which is not there");
  });

  it("lie where the manifest says, or in the tree that the kernel is in", async () => {
    const room = openWithModules();
    renameSync(join(room.dir, "root/lib/modules/6.1.0-9-test"), join(room.dir, "mods"));
    const modules = ["virtio_net"];
    expect((await contentsOf(room, { modules: "mods" }, { modules })).has("/etc/muster/ko/virtio_net.ko")).toBe(true);
    room.write("k/boot/vmlinuz", bzImage("5.0.0-1"));
    room.write("k/lib/modules/5.0.0-1/kernel/virtio_net.ko", "other");
    const beside = await contentsOf(room, { kernel: "k/boot/vmlinuz" }, { modules });
    expect(beside.get("/etc/muster/ko/virtio_net.ko")?.digest).toBe(digestOfBytes(Buffer.from("other")));
  });

  it("are those of the newest kernel where none is named", async () => {
    const room = openWithModules();
    room.write("boot/vmlinuz-6.1.0-10-test", bzImage("6.1.0-10-test"));
    room.write("boot/vmlinuz-6.1.0-2-test", bzImage("6.1.0-2-test"));
    expect(newestKernel(join(room.dir, "boot"))).toBe(join(room.dir, "boot/vmlinuz-6.1.0-10-test"));
    expect(await refusal(() => room.buildLinux({}, { modules: ["virtio_net"] }))).toContain("6.1.0-10-test");
    expect(await refusal(() => newestKernel(join(room.dir, "none")))).toContain("image.no-kernel");
  });
});

it("a bill of materials names each file, and the package that it is from", async () => {
  const room = openLinuxRoom();
  const kernel = join(room.dir, "boot/vmlinuz-6.1.0-9-test");
  room.write("dpkg/info/linux-image-test.list", `/.\n/boot\n${kernel}\n`);
  room.write("dpkg/info/make.list", "/.\n/usr/bin/make\n");
  const package_ =
    "Package: linux-image-test\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:6.1.1+b1\n";
  room.write("dpkg/status", `Package: make\nArchitecture: amd64\nVersion: 4\n\n${package_}\n`);
  room.write("os-release", 'NAME="Debian"\nID=debian\n');
  const { digest } = await room.buildLinux();
  const bill = JSON.parse(readFileSync(join(room.images, digest.replace(":", "-"), "bom.json"), "utf8"));
  expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5", version: 1 });
  expect(bill.metadata.component).toMatchObject({ name: "web", version: digest, "bom-ref": digest });
  expect(JSON.stringify(bill)).not.toMatch(/timestamp|serialNumber|tmp/);
  expect(bill.components.map(({ name }: { name: string }) => name)).toEqual([
    ...["kernel", "/etc/muster/modules", "/etc/muster/run", "/init", "/server"],
  ]);
  expect(bill.components[0]).toEqual({
    type: "file",
    "bom-ref": "kernel",
    name: "kernel",
    hashes: [{ alg: "SHA-256", content: digestOfBytes(bzImage("6.1.0-9-test")).slice(7) }],
    version: "1:6.1.1+b1",
    purl: "pkg:deb/debian/linux-image-test@1:6.1.1%2Bb1?arch=amd64",
    properties: [
      { name: "muster:package", value: "linux-image-test" },
      { name: "muster:package:version", value: "1:6.1.1+b1" },
    ],
  });
});
