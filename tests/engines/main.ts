/** `npm run test:engines`: the tests that need a real container engine, in a house of their own. */
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { hindranceToHouse, inHouse } from "./house.ts";
import { enginesWith, install, missingParts } from "./parts.ts";

const USAGE = `Starts a real Docker Engine and Podman's API, each cut off from every network, and runs tests/engines against them.

  --install   first installs what is missing, from Debian (as root); then nothing may be left out
  FILE…       only these tests
`;

process.exitCode = main();

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { install: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (values.install) install(missingParts());
  const missing = missingParts();
  const engines = enginesWith(missing);
  const hindrance = engines.length === 0 ? "there is no engine that can be started" : hindranceToHouse();
  for (const { command, debian, why } of missing) console.log(`no ${command} (Debian: ${debian}): ${why} is left out`);
  if (hindrance !== undefined) return leftOut(hindrance, values.install);
  if (values.install && missing.length > 0) return leftOut("something could not be installed", true);
  return run(engines, positionals);
}

/** Where nothing may be left out, what is left out has failed. */
function leftOut(hindrance: string, isFailure: boolean): number {
  const count = globSync(join(import.meta.dirname, "*.test.ts")).length;
  console.log(`tests/engines is left out: ${hindrance}`);
  console.log(isFailure ? `0 passed, ${count} failed` : `0 passed, 0 failed, ${count} skipped`);
  return isFailure ? 1 : 0;
}

function run(engines: readonly string[], files: readonly string[]): number {
  const vitest = join(createRequire(import.meta.url).resolve("vitest/package.json"), "../vitest.mjs");
  const config = join(import.meta.dirname, "vitest.config.ts");
  const inside = [process.execPath, vitest, "run", "--config", config, ...files];
  const folder = mkdtempSync(join(tmpdir(), "muster-engines-"));
  const env = { ...process.env, MUSTER_TEST_ENGINES: engines.join(" "), MUSTER_TEST_FOLDER: folder };
  const [program, ...words] = inHouse(inside);
  const { status } = spawnSync(program, words, { stdio: "inherit", env });
  // Not before the house is gone: engines leave mounts in it.
  rmSync(folder, { recursive: true, force: true });
  return status ?? 1;
}
