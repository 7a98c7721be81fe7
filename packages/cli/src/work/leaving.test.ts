import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { untilLeft } from "./leaving.ts";

async function typed(...pieces: readonly string[]) {
  let left = 0;
  const keys = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  const all = await Readable.from(untilLeft(keys, () => left++)).toArray();
  return { given: Buffer.concat(all).toString(), left };
}

describe("what is typed into a console", () => {
  it("is given to it as it is, Ctrl-C and the end of an input too", async () => {
    expect(await typed("ls\r", "\x03", "\x04", "\x1b[A", "ä")).toEqual({ given: "ls\r\x03\x04\x1b[Aä", left: 0 });
  });

  it("ends with Ctrl-], whatever is pressed after it", async () => {
    expect(await typed("ls", "\x1d", "rm")).toEqual({ given: "ls", left: 1 });
    expect(await typed("ls\x1drm", "rm")).toEqual({ given: "ls", left: 1 });
    expect(await typed("\x1d")).toEqual({ given: "", left: 1 });
  });
});
