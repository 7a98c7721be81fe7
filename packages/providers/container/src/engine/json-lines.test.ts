import { describe, expect, it } from "vitest";
import { jsonLines } from "./json-lines.ts";

describe("values in lines", () => {
  it("are read wherever they are cut, the last also without an end", async () => {
    const bytes = Buffer.from('{"a":"Grüße 🐄"}\r\n\n[1]\n"last"');
    for (let size = 1; size <= bytes.length; size++) {
      expect(await all(jsonLines(cut(bytes, size)))).toEqual([{ a: "Grüße 🐄" }, [1], "last"]);
    }
  });

  it("that are no JSON are refused", async () => {
    await expect(all(jsonLines(cut(Buffer.from("<html>\n"), 64)))).rejects.toThrow();
  });

  it("that never end are refused", async () => {
    const endless = (async function* () {
      for (;;) yield Buffer.alloc(65_536, "x");
    })();
    await expect(all(jsonLines(endless))).rejects.toThrow("more than 1048576 characters");
  });
});

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}
