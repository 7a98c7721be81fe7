import { describe, expect, it } from "vitest";
import { printedIn } from "./frames.ts";

describe("what was printed", () => {
  it("comes out of its frames, wherever they are cut", async () => {
    const whole = Buffer.concat([frame(1, "out"), frame(2, "error"), frame(1, ""), frame(1, "\0\xff🐄")]);
    for (let size = 1; size <= whole.length; size++) {
      const said = { out: "", err: "" };
      for await (const { stream, bytes } of printedIn(cut(whole, size)))
        said[stream] += Buffer.from(bytes).toString("latin1");
      expect(said).toEqual({ out: `out${Buffer.from("\0\xff🐄").toString("latin1")}`, err: "error" });
    }
  });

  it("is handed on before its frame is whole", async () => {
    const part = frame(1, "x".repeat(1_000)).subarray(0, 100);
    const first = await printedIn(cut(part, 100)).next();
    expect(first.value?.bytes).toHaveLength(92);
  });

  it("that breaks off is not all of it", async () => {
    const whole = frame(1, "whole");
    for (const length of [3, 9]) await expect(all(cut(whole.subarray(0, length), 64))).rejects.toThrow("broke off");
  });

  it("that comes in no frames is refused", async () => {
    await expect(all(cut(Buffer.from("plain text, no frames"), 64))).rejects.toThrow("no frames that are known");
  });
});

function frame(stream: number, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of printedIn(chunks)) {
    // Only its end is of interest.
  }
}
