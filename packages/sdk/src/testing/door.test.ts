import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

/** What is loaded for a door, as paths below `packages`. */
async function loadedFor(door: string): Promise<readonly string[]> {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    await import(${JSON.stringify(new URL(door, import.meta.url).href)});
    console.log(JSON.stringify(loaded));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  const urls: readonly string[] = JSON.parse(stdout);
  return urls.flatMap((url) => url.split("/packages/")[1] ?? []);
}

it("is a door of its own: whoever writes a stack or a plugin does not load what it needs", async () => {
  const heavy = /^(runtime|declaration|store|engine|flavors|providers|sdk\/src\/testing)\//;
  expect((await loadedFor("../index.ts")).filter((path) => heavy.test(path))).toEqual([]);
  expect((await loadedFor("./index.ts")).filter((path) => heavy.test(path))).toContain("runtime/src/keeper.ts");
});
