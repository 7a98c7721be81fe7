import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hindranceToHouse, inHouse } from "../tests/engines/house.ts";
import { enginesWith, missingParts } from "../tests/engines/parts.ts";
import type { Row } from "./table.ts";

/** From the kill of a container until its replacement runs, beside `docker run` of the same image. */
export async function container(): Promise<readonly Row[]> {
  const hindrance = hindranceToEngine() ?? hindranceToHouse();
  if (hindrance !== undefined) {
    console.log(`container is left out: ${hindrance}`);
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-engine-"));
  try {
    return measuredIn(folder);
  } finally {
    // Not before the house is gone: the engine leaves mounts in it.
    rmSync(folder, { recursive: true, force: true });
  }
}

function hindranceToEngine(): string | undefined {
  if (!enginesWith(missingParts()).includes("docker")) return "there is no Docker Engine that can be started";
  const { status } = spawnSync("docker", ["--version"], { stdio: "ignore" });
  return status === 0 ? undefined : "there is no `docker` to compare with";
}

function measuredIn(folder: string): readonly Row[] {
  const [program, ...words] = inHouse([process.execPath, join(import.meta.dirname, "container-house.ts"), folder]);
  const { status } = spawnSync(program, words, { stdio: "inherit" });
  if (status !== 0) throw new Error(`the house of the engine ended with ${status}`);
  return JSON.parse(readFileSync(join(folder, "rows.json"), "utf8"));
}
