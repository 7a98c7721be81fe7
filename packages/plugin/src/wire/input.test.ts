import { PassThrough, Readable } from "node:stream";
import { expect, it } from "vitest";
import { splitInput, withInput } from "./input.ts";
import { MAX_REQUEST } from "./limits.ts";

function pieces(...all: readonly (string | Uint8Array)[]): Readable {
  return Readable.from(all.map((each) => Buffer.from(each)));
}

async function read(input: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const each of input) all.push(each);
  return Buffer.concat(all).toString("latin1");
}

it("comes apart as it was put together, however it is cut", async () => {
  const whole = await read(withInput('{"a":1}', pieces("one\n", "\n", Uint8Array.of(0, 255, 10))));
  for (let size = 1; size <= whole.length; size++) {
    const cut = whole.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    const { asked, input } = await splitInput(pieces(...cut.map((each) => Buffer.from(each, "latin1"))));
    expect([asked, await read(input)]).toEqual(['{"a":1}', "one\n\n\0\xff\n"]);
  }
});

it("may be nothing that is read", async () => {
  const { asked, input } = await splitInput(pieces("{}\n"));
  expect([asked, await read(input)]).toEqual(["{}", ""]);
});

it("is refused where nothing is asked, or too much", async () => {
  const refused = expect.objectContaining({ kind: "invalid" });
  await expect(splitInput(pieces("{}"))).rejects.toEqual(refused);
  await expect(splitInput(pieces())).rejects.toEqual(refused);
  await expect(splitInput(pieces(Buffer.alloc(MAX_REQUEST), "x\n"))).rejects.toEqual(refused);
});

it("is left where it is when nobody reads on: an answer may be on its way", async () => {
  const request = pieces("{}\none", "two");
  const { input } = await splitInput(request);
  for await (const _ of input) break;
  expect(request.destroyed).toBe(false);
});

it("breaks off with the request", async () => {
  const request = new PassThrough();
  request.write("{}\none");
  const { input } = await splitInput(request);
  request.destroy();
  await expect(read(input)).rejects.toThrow("Premature close");
});
