import { expect, it } from "vitest";
import { bytesOn } from "./bytes.ts";
import { memberLines } from "./member-lines.ts";

function paper(isTerminal: boolean) {
  const chunks: Uint8Array[] = [];
  const printer = {
    ...{ isTerminal, colors: isTerminal },
    write: (text: string) => void chunks.push(Buffer.from(text)),
    send: async (bytes: Uint8Array) => void chunks.push(bytes),
  };
  return { printer, text: () => Buffer.concat(chunks).toString(), bytes: () => Buffer.concat(chunks) };
}

it("gives a pipe the bytes as they are, whatever they are", async () => {
  const { printer, bytes } = paper(false);
  const given = Buffer.from([0x00, 0xff, 0x1b, 0x5b, 0x0a]);
  const out = bytesOn(printer);
  await out.print(given);
  out.end();
  expect(bytes()).toEqual(given);
});

it("lets nothing command a terminal, and breaks no character that comes in two pieces", async () => {
  const { printer, text } = paper(true);
  const out = bytesOn(printer);
  const given = Buffer.from("a\tb\x1b[2J\r\ncafé\n");
  for (const byte of given) await out.print(Uint8Array.of(byte));
  out.end();
  expect(text()).toBe("a\tb\ufffd[2J \ncafé\n");
});

it("prints whole lines only, each behind a name as wide as the widest", async () => {
  const { printer, text } = paper(false);
  const lines = memberLines(printer, "web");
  lines.expect([{ slot: "0" }, { slot: "10" }]);
  const [first, second] = [lines.of({ slot: "0" }), lines.of({ slot: "10" })];
  await first.print(Buffer.from("one\ntw"));
  await second.print(Buffer.from("three\n"));
  await first.print(Buffer.from("o\nfo"));
  await first.end();
  await second.end();
  expect(text()).toBe("web/0   one\nweb/10  three\nweb/0   two\nweb/0   fo\n");
});

it("cuts a line without an end, so that it does not grow for ever", async () => {
  const { printer, text } = paper(false);
  const line = memberLines(printer, "web").of({ slot: "0" });
  for (let piece = 0; piece < 3; piece++) await line.print(Buffer.alloc(40_000, "x"));
  expect(
    text()
      .split("\n")
      .map((each) => each.length),
  ).toEqual([7 + 65_536, 0]);
});

it("gives the same place the same colour, and its neighbour another", async () => {
  const shown = async (slot: string) => {
    const { printer, text } = paper(true);
    await memberLines(printer, "web").of({ slot }).print(Buffer.from("a\x1b[0m\n"));
    return text();
  };
  expect(await shown("0")).toBe("\x1b[36mweb/0\x1b[0m  a\ufffd[0m\n");
  expect(await shown("0")).toBe(await shown("0"));
  expect((await shown("1")).slice(0, 5)).not.toBe((await shown("0")).slice(0, 5));
});
