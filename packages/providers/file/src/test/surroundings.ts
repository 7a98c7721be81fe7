/** Real directories, and processes without power. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

/** A directory of its own, gone after the test. */
export function freshDirectory(below = tmpdir()): string {
  const path = mkdtempSync(join(below, "muster-file-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A signal that ends with the test. */
export function untilTestEnds(): AbortSignal {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  return controller.signal;
}

/**
 * Runs a script in another Node that has root's number but none of root's power over files, and gives back what it
 * prints. The script's `import`s are resolved from this directory.
 */
export async function withoutPower(script: string, ...args: readonly string[]): Promise<string> {
  const node = ["--input-type=module", "--eval", script, ...args];
  const isRoot = process.getuid?.() === 0;
  const drop = ["--bounding-set=-dac_override,-dac_read_search,-fowner", "--inh-caps=-all", process.execPath, ...node];
  const [program, all] = isRoot ? ["setpriv", drop] : [process.execPath, node];
  const { stdout } = await promisify(execFile)(program, all, { cwd: import.meta.dirname, timeout: 20_000 });
  return stdout.trim();
}
