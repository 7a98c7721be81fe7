import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildImage, type Manifest } from "@muster/image";
import { MANIFEST, noInit } from "./machines.ts";
import { inFolder } from "./place.ts";
import { BIN, environment } from "./serving.ts";
import { median, type Row, round } from "./table.ts";
import { inTurns, ratioOf } from "./vm-make.ts";

const ROUNDS = 15;
const BOUND = 1.2;
const SOURCES = join(import.meta.dirname, "../packages/providers/vm/guests/unikernel");

/** An image from its manifest, whose `build` calls compiler and linker, beside the same call alone. */
export function imageBuild(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const directory = join(folder, "unikernel");
    cpSync(SOURCES, directory, { recursive: true });
    const command = ["gcc", "@machine.flags", "-o", MANIFEST.kernel, ...sourcesIn(directory)];
    const manifest: Manifest = { ...MANIFEST, build: { command } };
    const file = join(directory, "image.json");
    writeFileSync(file, JSON.stringify(manifest));
    let rounds = 0;
    // Each time into a place where nothing is yet: an image that is there already is less work.
    const place = () => join(folder, "images", String(rounds++));
    const alone = () => timed(() => run(command, { cwd: directory, env: process.env }));
    const env = { PATH: process.env["PATH"] };
    const deps = { directory, env, modules: [], init: noInit };
    const built = await inTurns(ROUNDS, () => timed(() => buildImage(manifest, { ...deps, dir: place() })), alone);
    const typed = [process.execPath, BIN, "image", "build", file, "--dir"];
    const whole = await inTurns(
      ROUNDS,
      () => timed(() => run([...typed, place()], { cwd: directory, env: environment(folder) })),
      alone,
    );
    const asTyped = `${round(median(whole.ours))} ms, ${round(ratioOf(whole))} times`;
    return [
      {
        what: `image of a unikernel from its manifest, median of ${ROUNDS}`,
        ours: `${round(median(built.ours))} ms (as a command, with the start of Node: ${asTyped})`,
        compared: `its compiler and linker alone: ${round(median(built.bare))} ms`,
        figure: ratioOf(built),
        bound: BOUND,
        unit: "times",
      },
    ];
  });
}

/** In one order: the order in which a linker gets its files shows in what it makes. */
function sourcesIn(directory: string): readonly string[] {
  const within = (folder: string) =>
    readdirSync(join(directory, folder))
      .filter((name) => /\.[cS]$/.test(name))
      .toSorted()
      .map((name) => `${folder}/${name}`);
  return ["app.c", ...within("shared"), ...within("machine")];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function run(
  [program = "", ...words]: readonly string[],
  where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const [code] = await once(spawn(program, words, { ...where, stdio: ["ignore", "ignore", "inherit"] }), "exit");
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}
