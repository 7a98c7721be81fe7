import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { here } from "./home.ts";
import { digestsIn, namesIn, openImages } from "./images.ts";
import { digestOfBytes } from "./reading.ts";
import { exitingKernel, openRoom, type Room, refusal } from "./test/room.ts";

function openHello(): Room {
  const room = openRoom();
  room.write("hello.elf", exitingKernel(3));
  return room;
}

const folderIn = (room: Room, digest: string): string => join(room.images, digest.replace(":", "-"));
const modeOf = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);

describe("building an image", () => {
  it("makes a directory whose name is the digest of its text, which names each part by its own", async () => {
    const room = openHello();
    const health = { http: { port: 8080, path: "/health" } };
    const given = { args: ["greeting=hi", "quiet"], env: { B: "2", A: "1" }, ports: [8080], memory: "4MiB", health };
    const { digest, ...built } = await room.build(given);
    const folder = folderIn(room, digest);
    const text = readFileSync(join(folder, "image.json"));
    expect(digestOfBytes(text)).toBe(digest);
    expect(String(text)).toBe(
      `{"commandLine":"greeting=hi quiet","cpus":1,"env":{"A":"1","B":"2"},` +
        `"health":{"http":{"path":"/health","port":8080}},"kernel":"${digestOfBytes(exitingKernel(3))}",` +
        `"kind":"unikernel","memory":4194304,"ports":[8080],"v":1}`,
    );
    expect(built).toEqual({
      name: "hello",
      kind: "unikernel",
      isNew: true,
      size: text.length + exitingKernel(3).length,
    });
    expect(openImages(room.images).verified(digest)).toMatchObject({ digest, kernel: join(folder, "kernel") });
    expect(openImages(room.images).digestOf("hello")).toBe(digest);
  });

  it("keeps directories to the one user, and parts unwritable", async () => {
    const room = openHello();
    const { digest } = await room.build({});
    const folder = folderIn(room, digest);
    expect([room.images, join(room.images, "names"), folder].map(modeOf)).toEqual(["700", "700", "700"]);
    expect(readdirSync(folder).map((name) => `${name} ${modeOf(join(folder, name))}`)).toEqual([
      ...["bom.json 444", "image.json 444", "kernel 444"],
    ]);
    expect(modeOf(join(room.images, "names/hello"))).toBe("444");
  });

  it("changes nothing the second time", async () => {
    const room = openHello();
    const first = await room.build({});
    const before = lstatSync(join(folderIn(room, first.digest), "image.json"));
    expect(await room.build({})).toEqual({ ...first, isNew: false });
    const after = lstatSync(join(folderIn(room, first.digest), "image.json"));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
    expect(readdirSync(room.images).sort()).toEqual(["names", folderIn(room, first.digest).split("/").at(-1)]);
  });

  it("gives another digest for anything that is said otherwise, and the name follows", async () => {
    const room = openHello();
    const others = [{}, { args: ["a"] }, { env: { A: "1" } }, { ports: [1] }, { memory: "2MiB" }, { cpus: 2 }];
    const digests = new Set<string>();
    for (const given of [...others, { health: { tcp: { port: 1 } } }]) {
      const { digest } = await room.build(given);
      digests.add(digest);
      expect(openImages(room.images).digestOf("hello")).toBe(digest);
    }
    expect(digests.size).toBe(7);
    expect(digestsIn(room.images).length).toBe(7);
  });

  it("leaves `process` and the name out of the digest", async () => {
    const room = openHello();
    const { digest } = await room.build({});
    expect(await room.build({ image: "other", process: { command: ["./hello"] } })).toMatchObject({ digest });
    expect([...namesIn(room.images)]).toEqual([
      ["hello", digest],
      ["other", digest],
    ]);
  });

  it("is the same bit for bit wherever, whenever, and under whatever mask", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0o022, 0o077, 0o002, 0o027), fc.nat(2 ** 31), async (mask, time) => {
        const rooms = [openHello(), openHello()] as const;
        const before = process.umask(mask);
        try {
          utimesSync(join(rooms[1].dir, "hello.elf"), time, time);
          const [a, b] = [await rooms[0].build({}), await rooms[1].build({})];
          expect(b.digest).toBe(a.digest);
          for (const part of ["image.json", "kernel", "bom.json"]) {
            const [one, other] = [
              readFileSync(join(folderIn(rooms[0], a.digest), part)),
              readFileSync(join(folderIn(rooms[1], b.digest), part)),
            ];
            expect(other.equals(one), part).toBe(true);
            expect(modeOf(join(folderIn(rooms[1], b.digest), part))).toBe("444");
          }
        } finally {
          process.umask(before);
        }
      }),
      { numRuns: 8 },
    );
  });

  it("runs a command first, beside the manifest and without a shell", async () => {
    const room = openRoom();
    room.write("made.elf", exitingKernel(1));
    const script = "require('node:fs').copyFileSync('made.elf', process.argv[1])";
    const printed: string[] = [];
    const build = {
      command: [
        process.execPath,
        "-e",
        `${script}; console.log('$HOME *', process.env.SOURCE_DATE_EPOCH)`,
        "hello.elf",
      ],
    };
    await room.build({ build }, { print: (text) => printed.push(text) });
    expect(existsSync(join(room.dir, "hello.elf"))).toBe(true);
    expect(printed.join("")).toBe("$HOME * 315532800\n");
  });

  it("tells the last lines of a command that failed, and leaves everything as it was", async () => {
    const room = openHello();
    const { digest } = await room.build({});
    const script = "for (let i = 0; i < 30; i++) console.error('line ' + i); process.exit(3)";
    const told = await refusal(() => room.build({ args: ["x"], build: { command: [process.execPath, "-e", script] } }));
    expect(told).toContain("image.build-failed: ");
    expect(told).toMatch(/ended with 3: line 25\n.*line 29$/s);
    expect(openImages(room.images).digestOf("hello")).toBe(digest);
    const missing = await refusal(() => room.build({ build: { command: ["no-such-program"] } }));
    expect(missing).toContain("`no-such-program` could not be run: ");
  });

  it("does not wait for what a command leaves in the background, and ends one that takes too long", async () => {
    const room = openHello();
    const leaves = "require('node:child_process').spawn('sleep', ['5'], { stdio: 'inherit', detached: true }).unref()";
    const begun = performance.now();
    await room.build({ build: { command: [process.execPath, "-e", leaves] } });
    const stays = { command: [process.execPath, "-e", "setInterval(() => {}, 1000)"] };
    expect(await refusal(() => room.build({ build: stays }, { deadlineMs: 200 }))).toContain("was ended by SIGKILL");
    expect(performance.now() - begun).toBeLessThan(60_000);
  });

  it("refuses a kernel that is none, is not there, or does not fit into memory, and makes nothing", async () => {
    const room = openHello();
    room.write("text.elf", "hello\n");
    expect(await refusal(() => room.build({ kernel: "text.elf" }))).toContain("image.not-bootable");
    expect(await refusal(() => room.build({ kernel: "none.elf" }))).toContain(
      `image.no-kernel: there is no kernel at ${room.dir}/none.elf`,
    );
    room.write("large.elf", Buffer.concat([exitingKernel(1), Buffer.alloc(2 ** 20)]));
    expect(await refusal(() => room.build({ kernel: "large.elf", memory: "1MiB" }))).toContain(
      "image.too-large: the kernel has 1048",
    );
    expect(readdirSync(room.images)).toEqual(["names"]);
    expect(await refusal(() => room.build({ args: Array(256).fill("a".repeat(20)) }))).toContain(
      "image.too-large: `args` together",
    );
  });

  it("sweeps what a build that was killed has left, and nothing of one that goes on", async () => {
    const room = openHello();
    await room.build({});
    const start = (pid: number): string =>
      String(readFileSync(`/proc/${pid}/stat`))
        .split(") ")[1]
        ?.split(" ")[19] ?? "";
    const alive = `.making-${here()}-${process.pid}-${start(process.pid)}-999`;
    const dead = [`.making-${here()}-${process.pid}-1-1`, `.making-${here()}-4194305-77-1`];
    for (const name of [alive, ...dead, ".other"]) mkdirSync(join(room.images, name));
    writeFileSync(join(room.images, dead[0] ?? "", "kernel"), "half");
    chmodSync(join(room.images, dead[0] ?? "", "kernel"), 0o444);
    await room.build({});
    expect(readdirSync(room.images).filter((name) => name.startsWith("."))).toEqual([alive, ".other"]);
  });

  it("sweeps nothing that another machine may be making there, until it is older than a day", async () => {
    const room = openHello();
    await room.build({});
    const [young, old] = [".making-00000000-4194305-77-1", ".making-00000000-4194305-77-2"];
    for (const name of [young, old]) mkdirSync(join(room.images, name));
    const lastWeek = Date.now() / 1000 - 7 * 86_400;
    utimesSync(join(room.images, old), lastWeek, lastWeek);
    await room.build({});
    expect(readdirSync(room.images).filter((name) => name.startsWith("."))).toEqual([young]);
  });

  it("puts a whole one in the place of one that was changed, also of a link", async () => {
    const room = openHello();
    const { digest } = await room.build({});
    const kernel = join(folderIn(room, digest), "kernel");
    chmodSync(kernel, 0o644);
    writeFileSync(kernel, "changed");
    expect(await room.build({})).toMatchObject({ digest, isNew: true });
    expect(openImages(room.images).verified(digest).digest).toBe(digest);

    const other = openHello();
    mkdirSync(join(other.images, "names"), { recursive: true });
    mkdirSync(join(other.dir, "elsewhere"));
    symlinkSync(join(other.dir, "elsewhere"), folderIn(other, digest));
    expect(await other.build({})).toMatchObject({ digest, isNew: true });
    expect(lstatSync(folderIn(other, digest)).isDirectory()).toBe(true);
    expect(readdirSync(join(other.dir, "elsewhere"))).toEqual([]);
  });

  it("is refused where there can be no directory of images", async () => {
    const room = openHello();
    const told = await refusal(() => room.build({}, { dir: join(room.dir, "hello.elf", "images") }));
    expect(told).toContain(`image.disk: the images in ${room.dir}/hello.elf/images cannot be reached: ENOTDIR`);
  });

  it("goes well for many at once", async () => {
    const room = openHello();
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, at) => room.build({ image: `i${at % 3}`, cpus: (at % 2) + 1 })),
    );
    expect(new Set(all.map(({ digest }) => digest)).size).toBe(2);
    expect(all.filter(({ isNew }) => isNew).length).toBe(2);
    expect(readdirSync(room.images).length).toBe(3);
  });
});
