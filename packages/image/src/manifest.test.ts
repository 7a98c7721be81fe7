import { describe, expect, it } from "vitest";
import { isManifest, manifestSchema } from "./manifest.ts";

const unikernel = { image: "hello", kind: "unikernel", kernel: "hello.elf" };
const linux = { image: "web", kind: "linux", entrypoint: ["/server"] };

/** Where and what, for each thing that is wrong. */
function wrongWith(given: object): readonly string[] {
  const { error } = manifestSchema.safeParse(given);
  return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
}

describe("a manifest", () => {
  it("says as little as it may, and has the rest filled in", () => {
    const common = { env: {}, ports: [], memory: 134_217_728, cpus: 1 };
    expect(manifestSchema.parse(unikernel)).toEqual({ ...unikernel, ...common, args: [] });
    const user = { uid: 65_534, gid: 65_534 };
    expect(manifestSchema.parse(linux)).toEqual({ ...linux, ...common, files: {}, user });
  });

  it.each([
    [4_194_304, 4_194_304],
    ["1024KiB", 1_048_576],
    ["4MiB", 4_194_304],
    ["2GiB", 2_147_483_648],
  ])("may say of memory: %s", (memory, bytes) => {
    expect(manifestSchema.parse({ ...unikernel, memory }).memory).toBe(bytes);
  });

  it.each(["4MB", "4 MiB", "MiB", "0MiB", "1.5GiB", "1KiB", "5000GiB", 1000, -1, 1.5, 1_048_577])(
    "may not: %s",
    (memory) => {
      expect(wrongWith({ ...unikernel, memory })).toHaveLength(1);
    },
  );

  it.each([
    [5, { uid: 5, gid: 5 }],
    ["5", { uid: 5, gid: 5 }],
    ["5:6", { uid: 5, gid: 6 }],
    [0, { uid: 0, gid: 0 }],
  ])("may say who runs it: %s", (user, wanted) => {
    expect(manifestSchema.parse({ ...linux, user })).toMatchObject({ user: wanted });
  });

  it.each([
    [{ ...unikernel, files: {} }, "files: is not for an image of kind `unikernel`"],
    [{ ...unikernel, user: 1 }, "user: is not for an image of kind `unikernel`"],
    [
      { ...linux, args: ["a"] },
      "args: is not for an image of kind `linux`: the words of its program belong into `entrypoint`",
    ],
    [{ ...linux, process: { command: ["a"] } }, "process: is not for an image of kind `linux`"],
    [{ ...unikernel, kernel: undefined }, "kernel: is missing: an image of kind `unikernel` has one"],
    [{ ...linux, entrypoint: undefined }, "entrypoint: is missing: an image of kind `linux` has one"],
    [{ ...linux, entrypoint: ["server"] }, "entrypoint.0: must be the program's absolute path inside"],
    [
      { ...unikernel, args: ["a b"] },
      "args.0: must be a word without white space, of characters that every kernel reads",
    ],
    [{ ...unikernel, image: ".a" }, /^image: must be 1 to 64/],
    [{ ...unikernel, ports: [80, 80] }, "ports: must have each port once"],
    [{ ...unikernel, cpus: 256 }, "cpus: must be from 1 to 255"],
    [{ ...unikernel, ports: [0] }, "ports.0: must be from 1 to 65535"],
    [{ ...unikernel, env: { A: "\0" } }, /^env.A: must have at most 8000 characters/],
    [{ ...unikernel, health: {} }, "health: must have one of `http`, `tcp` and `console`"],
    [
      { ...unikernel, health: { tcp: { port: 1 }, console: "x" } },
      "health: must have one of `http`, `tcp` and `console`",
    ],
    [{ ...unikernel, health: { htp: {} } }, "health: must have one of `http`, `tcp` and `console`"],
    [{ ...linux, user: "a" }, "user: must be a number, or two as `uid:gid`"],
    [{ ...unikernel, kernal: "a" }, /^: Unrecognized key/],
  ])("is told what is wrong with it: %j", (given, wanted) => {
    expect(wrongWith(given)).toEqual([typeof wanted === "string" ? wanted : expect.stringMatching(wanted)]);
  });

  it.each([
    { http: { port: 80 } },
    { http: { port: 80, path: "/a", method: "HEAD", headers: { Host: "a" }, status: ["2xx", 404] }, timeout: "5s" },
    { http: { port: 80, body: { contains: "hello" } } },
    { tcp: { port: 80 }, timeout: "2s" },
    { console: "listening" },
  ])("may say how one finds out that it does its job: %j", (health) => {
    expect(manifestSchema.parse({ ...unikernel, health })).toMatchObject({ health });
  });

  it.each(["server", "/a/../b", "/a//b", "/a/", "/./a", "/a\0"])("has no path inside like %j", (path) => {
    expect(wrongWith({ ...linux, files: { [path]: "x" } })).toHaveLength(1);
  });

  it("is told from other documents by its key `image`", () => {
    expect([unikernel, { image: 1 }].map(isManifest)).toEqual([true, true]);
    expect([{ stack: "a", image: "b" }, { kind: "linux" }, [], null, "image"].map(isManifest)).toEqual(
      Array(5).fill(false),
    );
  });
});
