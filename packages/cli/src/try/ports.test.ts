import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { triesDirectory } from "./place.ts";
import { giveBackPorts, portsOfTry } from "./ports.ts";

function home(): { readonly HOME: string } {
  const dir = mkdtempSync(join(tmpdir(), "muster-ports-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return { HOME: dir };
}

/** All ask for the same places: left to themselves, they would all be given the same ports. */
const PLACES = 50;
const ASKING = `
  const { portsOfTry } = await import(${JSON.stringify(new URL("./ports.ts", import.meta.url).href)});
  const ports = portsOfTry(process.env, process.env.TRY);
  const given = Array.from({ length: ${PLACES} }, (_, slot) => ports.give("shop/web", String(slot)));
  process.stdout.write(given.join(" "));
`;

it("eight tries that ask at once are given ports of their own, in whatever processes", async () => {
  const { HOME } = home();
  const asked = Array.from({ length: 8 }, async (_, at) => {
    const env = { PATH: process.env["PATH"], HOME, TRY: `a0000${at}` };
    const words = ["--input-type=module", "--eval", ASKING];
    const { stdout } = await promisify(execFile)(process.execPath, words, { env, timeout: 60_000 });
    return stdout.split(" ");
  });
  const given = (await Promise.all(asked)).flat();
  expect([given.length, new Set(given).size]).toEqual([8 * PLACES, 8 * PLACES]);
});

it("a try is given the same port again, and gives back its own alone", () => {
  const env = home();
  const first = portsOfTry(env, "a00001").give("shop/web", "0");
  const other = portsOfTry(env, "b00001").give("shop/web", "0");
  expect(other).not.toBe(first);
  expect(portsOfTry(env, "a00001").give("shop/web", "0")).toBe(first);
  giveBackPorts(env, "b00001");
  giveBackPorts(env, "b00001");
  expect(readdirSync(triesDirectory(env))).toEqual([`port-${first}`]);
  giveBackPorts(env, "a00001");
  expect(portsOfTry(env, "b00001").give("shop/web", "0")).toBe(first);
});
