/** What a process prints: bounded, whole, and shown as it is. */
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ctx, freshDirectory, freshProvider, hasEnded, printed, seen, seenAs, until } from "./test/room.ts";

const shell = (script: string) => ({ command: "/bin/sh", args: ["-c", script] });
const SMALL = { size: 65_536, files: 3 };

it("keeps the newest of 300,000 lines, at most files × size bytes, and loses none between two files", async () => {
  const { dir, provider } = await freshProvider();
  const { id } = await provider.create({ ...shell("seq 1 300000"), log: SMALL }, {}, ctx);
  const told = await seenAs(provider, id, (each) => hasEnded(each) && each?.reason?.endsWith("300000") === true);
  expect(told.reason).toBe("exited with code 0; last line of its log: 300000");
  const sizes = readdirSync(`${dir}/${id}`)
    .filter((name) => name.startsWith("log"))
    .map((name) => statSync(`${dir}/${id}/${name}`).size);
  expect(sizes).toHaveLength(3);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(SMALL.size);
  const lines = (await printed(provider, id)).trimEnd().split("\n").slice(1).map(Number);
  expect(lines.length).toBeGreaterThan(15_000);
  expect(lines.at(-1)).toBe(300_000);
  expect(lines.filter((line, at) => at > 0 && line !== (lines[at - 1] ?? 0) + 1)).toEqual([]);
});

it("shows the last lines, across files", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create({ ...shell("seq 1 30000"), log: SMALL }, {}, ctx);
  await seenAs(provider, id, (each) => each?.reason?.endsWith("30000") === true);
  expect(await printed(provider, id, 2)).toBe("29999\n30000\n");
  expect((await printed(provider, id, 20_000)).split("\n")[0]).toBe("10001");
  expect(await printed(provider, id, 0)).toBe("");
  expect((await printed(provider, id, 1_000_000)).startsWith("1\n2\n")).toBe(true);
});

it("shows binary output byte for byte, and quotes it harmlessly", async () => {
  const { provider } = await freshProvider();
  const { id } = await provider.create(shell(String.raw`printf '\000\377\033[2J\n\200\001'`), {}, ctx);
  await seenAs(provider, id, hasEnded);
  await until(async () => ((await printed(provider, id)).length === 9 ? true : undefined));
  expect(await printed(provider, id)).toBe("\0\xff\x1b[2J\n\x80\x01");
  const { reason } = await seenAs(provider, id, hasEnded);
  expect(reason).not.toMatch(/\p{Cc}/u);
});

it("follows over many rotations until the end, and misses nothing", async () => {
  const { provider } = await freshProvider();
  const gate = `${freshDirectory()}/gate`;
  const slow = `at=1; while [ $at -le 60 ]; do seq -f "$at %g" 1 300; at=$((at+1)); sleep 0.01; done`;
  const script = `echo begun; while [ ! -e ${gate} ]; do sleep 0.01; done; ${slow}`;
  const { id } = await provider.create({ ...shell(script), log: { size: 65_536, files: 4 } }, {}, ctx);
  const parts: Uint8Array[] = [];
  for await (const bytes of provider.logs?.(id, { follow: true }, ctx) ?? []) {
    parts.push(bytes);
    writeFileSync(gate, "");
  }
  const lines = Buffer.concat(parts).toString().trimEnd().split("\n");
  expect(lines).toHaveLength(1 + 60 * 300);
  expect(lines.at(-1)).toBe("60 300");
  expect(await seen(provider, id)).toMatchObject({ phase: "ended" });
});

it("takes another size and number of files while it runs", async () => {
  const { dir, provider } = await freshProvider();
  const gate = `${freshDirectory()}/gate`;
  const script = `seq 1 40000; while [ ! -e ${gate} ]; do sleep 0.01; done; seq 40001 80000`;
  const { id } = await provider.create({ ...shell(script), log: { size: 65_536, files: 9 } }, {}, ctx);
  const files = () => readdirSync(`${dir}/${id}`).filter((name) => name.startsWith("log")).length;
  await until(async () => ((await printed(provider, id)).endsWith("40000\n") ? true : undefined));
  expect(files()).toBe(4);
  const found = await seenAs(provider, id, (each) => each !== undefined);
  await provider.update?.(found, { ...shell(script), log: { size: 65_536, files: 2 } }, ctx);
  writeFileSync(gate, "");
  await seenAs(provider, id, (each) => each?.reason?.endsWith("80000") === true);
  expect(files()).toBe(2);
});
