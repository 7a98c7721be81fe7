/** What is built in keeps the contract that plugins are held to, in every dialect. */
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtInFlavors, vanilla } from "@muster/flavors";
import type { JsonObject } from "@muster/model";
import { type ConformOptions, conform, type Dialect, type Plugin, SPOKEN, servePlugin } from "@muster/plugin";
import { directory, file, instanceFile } from "@muster/provider-file";
import { describe, expect, it, onTestFinished } from "vitest";

const io = { now: Date.now, randomBytes };

interface Conformed {
  readonly fails: readonly object[];
  readonly holds: number;
}

async function conformed(
  plugin: Partial<Plugin>,
  dialects: readonly Dialect[],
  options?: ConformOptions,
): Promise<Conformed> {
  const socket = join(await temporaryFolder(), "built-in");
  const whole = { name: "built-in", version: "1", types: [], flavors: [], io, ...plugin };
  const served = await servePlugin({ ...whole, socket, dialects });
  onTestFinished(() => served.close());
  const fails: object[] = [];
  let holds = 0;
  for await (const result of conform(socket, options)) {
    if (result.kind === "fails") fails.push(result);
    if (result.kind === "holds") holds++;
  }
  return { fails, holds };
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "muster-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe.each(SPOKEN)("in the dialect %s", (dialect) => {
  it("instance-file and vanilla keep the contract", async () => {
    const dir = join(await temporaryFolder(), "instances");
    const provider = await instanceFile.open({ dir }, io);
    const { fails, holds } = await conformed({ types: [{ type: instanceFile, provider }], flavors: [vanilla] }, [
      dialect,
    ]);
    expect(fails).toEqual([]);
    expect(holds).toBeGreaterThan(15);
    expect((await readdir(dir)).filter((name) => !name.startsWith("."))).toEqual([]);
  });
});

describe("in Muster's own words", () => {
  it("file keeps the contract", async () => {
    const root = await temporaryFolder();
    const provider = await file.open({ root }, io);
    const properties = { path: join(root, "{id}.txt"), content: "conformance" };
    const { fails, holds } = await conformed({ types: [{ type: file, provider }] }, ["muster"], { properties });
    expect(fails).toEqual([]);
    expect(holds).toBeGreaterThan(25);
    expect(await readdir(root)).toEqual([]);
  });

  it("directory keeps the contract", async () => {
    const root = await temporaryFolder();
    const provider = await directory.open({ root }, io);
    const properties = { path: join(root, "{id}"), mode: "0750" };
    const { fails, holds } = await conformed({ types: [{ type: directory, provider }] }, ["muster"], { properties });
    expect(fails).toEqual([]);
    expect(holds).toBeGreaterThan(25);
    expect(await readdir(root)).toEqual([]);
  });

  it.each<[string, JsonObject]>([
    ["vanilla", {}],
    ["http", { url: "http://127.0.0.1:1/", timeout: "1s" }],
    ["command", { command: ["true"], env: { TOKEN: { secret: { env: "TOKEN" } } } }],
    ["hooks", { started: { command: ["false"] }, drain: { command: ["true"] } }],
    ["environment", { all: { COLOUR: "green" } }],
    ["combo", { flavors: [{ vanilla: {} }, { http: { url: "http://127.0.0.1:1/" } }] }],
  ])("the flavor %s keeps the contract", async (name, properties) => {
    const flavors = builtInFlavors({ ...process.env, TOKEN: "t" }).filter((each) => each.name === name);
    const { fails } = await conformed({ flavors }, ["muster"], { properties });
    expect(fails).toEqual([]);
  });
});
