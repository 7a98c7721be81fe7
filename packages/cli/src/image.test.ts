import { appendFileSync, chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";

/** Writes an ELF file that is a kernel by its form: a PVH note, and nothing to run. */
const MAKE = `import { writeFileSync } from "node:fs";
const bytes = Buffer.alloc(140);
bytes.write("\\x7fELF\\x02\\x01\\x01", "latin1");
bytes.writeUInt16LE(62, 18);
bytes.writeBigUInt64LE(64n, 32);
bytes.writeUInt16LE(56, 54);
bytes.writeUInt16LE(1, 56);
bytes.writeUInt32LE(4, 64);
bytes.writeBigUInt64LE(120n, 72);
bytes.writeBigUInt64LE(20n, 96);
bytes.writeBigUInt64LE(4n, 112);
bytes.writeUInt32LE(4, 120);
bytes.writeUInt32LE(4, 124);
bytes.writeUInt32LE(18, 128);
bytes.write("Xen", 132);
writeFileSync("hello.elf", bytes);
console.log("made hello.elf");
`;

const HELLO = `image: hello
kind: unikernel
build: { command: [node, make.mjs] }
kernel: hello.elf
env: { GREETING: hi }
memory: 4MiB
`;

describe("muster image", () => {
  let house: House;
  let digest = "";
  beforeAll(async () => {
    house = await openHouse();
    mkdirSync(house.path("hello"));
    await house.write("hello/make.mjs", MAKE);
    await house.write("hello/hello.yaml", HELLO);
    const { code, out, err } = await house.run("image", "build", "hello/hello.yaml", "--output", "json");
    expect([code, err]).toEqual([0, "made hello.elf\n"]);
    ({ digest } = JSON.parse(out));
  });
  afterAll(() => house.close());

  it("build prints the digest, and whether the image was there already", async () => {
    const { code, out } = await house.run("image", "build", "hello/hello.yaml");
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^hello {2}sha256:[0-9a-f]{64} {2}\d+ B {2}was there already\n$/),
    ]);
    const other = await house.run("image", "build", "hello/hello.yaml", "--dir", "elsewhere", "--output", "json");
    expect(JSON.parse(other.out)).toMatchObject({ name: "hello", digest, kind: "unikernel", isNew: true });
  });

  it("keeps images in the state directory, in $MUSTER_IMAGE_DIR, or where --dir says", async () => {
    const state = join(house.dir, ".local/state/muster/images");
    const inState = await house.run("image", "ls", "--dir", state, "--output", "json");
    expect(JSON.parse(inState.out)).toMatchObject([{ name: "hello", digest, memory: 4_194_304 }]);
    house.env["MUSTER_IMAGE_DIR"] = house.path("none");
    expect((await house.run("image", "ls")).out).toBe(`No images in ${house.path("none")}.\n`);
    expect((await house.run("image", "ls", "--dir", state)).out).toContain("hello");
    delete house.env["MUSTER_IMAGE_DIR"];
  });

  it("ls and inspect show what is there", async () => {
    const { out } = await house.run("image", "ls");
    expect(out).toMatch(
      /^IMAGE {2}DIGEST {15}KIND {7}SIZE {3}MEMORY {2}SINCE\nhello {2}sha256:[0-9a-f]{12} {2}unikernel {2}\d+ B {2}4 MiB/,
    );
    const inspected = await house.run("image", "inspect", digest.slice(0, 19));
    expect(inspected.out).toContain(`digest        ${digest}\n`);
    expect(inspected.out).toContain("env           GREETING=hi\n");
    const bill = await house.run("image", "inspect", "hello", "--bom");
    expect(JSON.parse(bill.out)).toMatchObject({
      bomFormat: "CycloneDX",
      metadata: { component: { version: digest } },
    });
  });

  it("diff ends with 3 where two differ, and says in what", async () => {
    await house.write("hello/other.yaml", HELLO.replace("image: hello", "image: other").replace("hi", "good day"));
    expect((await house.run("image", "build", "hello/other.yaml")).code).toBe(0);
    expect(await house.run("image", "diff", "hello", "other")).toEqual({
      ...{ code: 3, out: "~ env GREETING  hi → good day\n", err: "" },
    });
    expect(await house.run("image", "diff", "hello", "hello")).toEqual({
      code: 0,
      out: "They are the same.\n",
      err: "",
    });
    const json = await house.run("image", "diff", "hello", "other", "--output", "json");
    expect(JSON.parse(json.out).differences).toEqual([
      { what: "env", name: "GREETING", before: "hi", after: "good day" },
    ]);
  });

  it("verify ends with 1 and names the part that was changed, of a copy that was exported", async () => {
    expect((await house.run("image", "export", "hello", "disk")).out).toContain(
      `hello  ${digest}  in ${house.path("disk")}  new`,
    );
    expect((await house.run("image", "verify", "--dir", "disk")).out).toBe(`hello  ${digest}  whole\n`);
    const kernel = join(house.path("disk"), digest.replace(":", "-"), "kernel");
    chmodSync(kernel, 0o644);
    appendFileSync(kernel, "x");
    const { code, out, err } = await house.run("image", "verify", "hello", "--dir", "disk");
    expect([code, out]).toEqual([1, "hello  not whole\n"]);
    expect(err).toContain(
      `error[image.changed]: image \`${digest}\` is not what its digest says: kernel has the digest`,
    );
    expect((await house.run("image", "verify", "hello")).code).toBe(0);
  });

  it("tells what is wrong with a manifest, with its place, and touches nothing", async () => {
    await house.write("bad.yaml", "image: bad\nkind: unikernl\nkernal: x\nhealth: { htp: { port: 1 } }\n");
    const { code, err } = await house.run("image", "build", "bad.yaml");
    expect(code).toBe(2);
    expect(err.split("\n").filter((line) => !line.startsWith("  next"))).toEqual([
      "error[declaration.bad-manifest]: `kind` must be one of unikernel, linux (did you mean `unikernel`?)",
      "  at bad.yaml:2:7 (kind)",
      "error[declaration.unknown-key]: `kernal` is not known here (did you mean `kernel`?)",
      "  at bad.yaml:3:1 (kernal)",
      "error[declaration.unknown-key]: `htp` is not known here (did you mean `http`?)",
      "  at bad.yaml:4:11 (health.htp)",
      "",
    ]);
    await house.write("stack.yaml", "stack: shop\ngroups: {}\n");
    expect((await house.run("image", "build", "stack.yaml")).err).toContain(
      "error[declaration.missing-key]: `image` is missing",
    );
  });

  it("takes a manifest in TypeScript and in JSON", async () => {
    const manifest = { image: "typed", kind: "unikernel", kernel: "hello/hello.elf" };
    await house.write("typed.ts", `export default ${JSON.stringify(manifest)};\n`);
    await house.write("typed.json", manifest);
    expect((await house.run("image", "build", "typed.ts")).out).toContain("new");
    expect((await house.run("image", "build", "typed.json")).out).toContain("was there already");
  });

  it("has the words of a build that failed", async () => {
    await house.write("failing.yaml", HELLO.replace("[node, make.mjs]", "[node, no-such.mjs]"));
    const { code, err } = await house.run("image", "build", "failing.yaml");
    expect(code).toBe(1);
    expect(err).toContain("error[image.build-failed]: `node no-such.mjs` ended with 1: ");
  });

  it("tells an image that is not there with the nearest that is", async () => {
    const { code, err } = await house.run("image", "inspect", "helo");
    expect(code).toBe(2);
    expect(err).toContain("(did you mean `hello`?)");
  });
});
