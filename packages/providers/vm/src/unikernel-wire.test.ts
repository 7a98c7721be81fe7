/**
 * The unikernel's network without a machine: its own files, built for this Linux with the compiler's sanitizers, on a wire
 * that loses frames, and against frames that are wrong. On the machine nothing stops a read beyond a frame; here it does.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const SOURCES = fileURLToPath(new URL("../guests/unikernel/", import.meta.url));
const HERE = fileURLToPath(new URL("./test/", import.meta.url));
const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const NETWORK = ["machine/arp.c", "machine/ip.c", "machine/tcp.c"];

const folder = mkdtempSync(`${tmpdir()}/muster-wire-`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const probe = spawnSync("gcc", [...SANITIZERS, "-x", "c", "-o", `${folder}/probe`, "-"], {
  input: "int main(void) { return 0; }",
});
const hasSanitizers = probe.status === 0;
if (!hasSanitizers)
  process.stdout.write("There is no gcc with sanitizers here: the unikernel's network is not tried alone\n");

function build(name: string, files: readonly string[]): void {
  const flags = ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", ...SANITIZERS, `-I${SOURCES}`];
  execFileSync("gcc", [...flags, "-o", `${folder}/${name}`, `${HERE}/${name}.c`, ...files], { cwd: SOURCES });
}

function run(name: string, ...args: readonly (string | number)[]): string {
  return execFileSync(`${folder}/${name}`, args.map(String), { encoding: "utf8" });
}

describe.skipIf(!hasSanitizers)("the unikernel's network", () => {
  beforeAll(() => {
    const shared = readdirSync(`${SOURCES}/shared`).filter((name) => name.endsWith(".c"));
    build("tcp-loss", [...NETWORK, "shared/text.c"]);
    build("tcp-fuzz", [...NETWORK, ...shared.map((name) => `shared/${name}`), "app.c"]);
  }, 60_000);

  it.each([1, 2, 3, 4, 5])(
    "brings every byte to its place on a wire that loses every fifth frame (seed %i)",
    (seed) => {
      expect(run("tcp-loss", seed)).toMatch(/^24 of 24 answered after \d+ ticks, \d+ frames sent, [1-9]\d+ lost\n$/);
    },
  );

  it.each([1, 2, 3])("still answers after 100000 frames that are wrong (seed %i)", (seed) => {
    expect(run("tcp-fuzz", seed, 100_000)).toBe("100000 frames\n");
  });
});
