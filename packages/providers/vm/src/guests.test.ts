/** What builds the guests, with the compiler that is here. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ProviderError } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { buildInit, buildUnikernel, LINUX_MODULES } from "./guests.ts";
import { freshFolder, hasCompiler } from "./test/qemu.ts";

if (!hasCompiler) process.stdout.write("There is no gcc here: no guest is built\n");
const GUESTS = fileURLToPath(new URL("../guests", import.meta.url));

it("lists the modules of a small Linux as its README does", () => {
  const readme = readFileSync(`${GUESTS}/init/README.md`, "utf8");
  expect(readme.match(/^(?:drivers|net)\/\S+\.ko/gm)).toEqual([...LINUX_MODULES]);
});

describe.skipIf(!hasCompiler)("guests", () => {
  it("come out the same, wherever their sources lie and wherever they go", { timeout: 120_000 }, async () => {
    const here = freshFolder();
    const elsewhere = `${freshFolder("muster-another-name-")}/deeper`;
    const sources = `${freshFolder("muster-sources-of-another-name-")}/copy`;
    const byHand = freshFolder("muster-by-hand-");
    cpSync(GUESTS, sources, { recursive: true });

    const files = await buildAll(here);
    expect(digests(files)).toEqual(digests(await buildAll(elsewhere, sources)));
    execFileSync("sh", [`${GUESTS}/build.sh`, byHand]);
    expect(digests(files)).toEqual(digests(files.map((file) => file.replace(here, byHand))));
    const [elf = "", , init = ""] = files;
    expect(readFileSync(elf).length).toBeLessThan(20_000);
    expect(readFileSync(init).length).toBeLessThan(1_000_000);
  });

  it("are built without a warning", { timeout: 120_000 }, async () => {
    const sources = copied();
    for (const flags of ["unikernel/machine.flags", "unikernel/host.flags", "init/init.flags"])
      appendFileSync(`${sources}/${flags}`, "-Werror -Wl,--fatal-warnings\n");
    await buildAll(freshFolder(), sources);
  });

  it("tell the compiler's first error", async () => {
    const sources = copied();
    appendFileSync(`${sources}/unikernel/app.c`, "\nint broken(void) { return nobody; }\n");
    const failure = await failureOf(buildUnikernel(freshFolder(), { sources }));
    expect(failure.kind).toBe("invalid");
    expect(failure.message).toMatch(/^the unikernel cannot be built: app\.c:\d+:\d+: error: .*nobody/);
  });

  it("tell what the linker misses", async () => {
    const sources = copied();
    writeFileSync(`${sources}/init/modules.c`, "");
    const failure = await failureOf(buildInit(freshFolder(), { sources }));
    expect(failure.message).toMatch(/^the init cannot be built: .*undefined reference to `load_modules'/);
  });

  it("say so where there is no compiler", async () => {
    const failure = await failureOf(buildInit(freshFolder(), { cc: "no-such-compiler" }));
    expect(failure.kind).toBe("unavailable");
    expect(failure.message).toBe(
      "the init cannot be built: there is no C compiler `no-such-compiler` on the PATH (Debian: `apt-get install gcc libc6-dev`)",
    );
  });
});

async function buildAll(into: string, sources = GUESTS): Promise<readonly string[]> {
  const { elf, host } = await buildUnikernel(into, { sources });
  return [elf, host, await buildInit(into, { sources })];
}

function copied(): string {
  const sources = freshFolder();
  cpSync(GUESTS, sources, { recursive: true });
  return sources;
}

function digests(files: readonly string[]): readonly string[] {
  return files.map((file) => createHash("sha256").update(readFileSync(file)).digest("hex"));
}

async function failureOf(building: Promise<unknown>): Promise<ProviderError> {
  const thrown = await building.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProviderError)) throw new Error(`no ProviderError: ${String(thrown)}`);
  return thrown;
}
