/** alchemy v2, a beta, with a provider of files. */
import { spawnSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Applier } from "./applier.ts";

const VERSION = "2.0.0-beta.79";
/** Of what it is built on later versions do not fit. */
const EFFECT = "4.0.0-rc.117";
const EFFECTS = ["platform-node", "platform-node-shared", "sql-d1", "sql-sqlite-do", "vitest"];
/** It brings a gigabyte with it. In milliseconds. */
const INSTALL_MS = 600_000;

/** It has no files of its own: these are written as its documents say, and are read at every deploy. */
const STACK = `
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import * as Alchemy from "alchemy";
import * as Provider from "alchemy/Provider";
import { Resource } from "alchemy/Resource";
import { localState } from "alchemy/State";
import * as Effect from "effect/Effect";

const File = Resource("Bench.File");
function textOf(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
const providers = Provider.succeed(File, {
  list: () => Effect.succeed([]),
  diff: ({ news, output }) =>
    Effect.sync(() => ({ action: output && textOf(news.path) === news.content ? "noop" : "update" })),
  reconcile: ({ news }) =>
    Effect.sync(() => {
      writeFileSync(news.path, news.content, { mode: Number.parseInt(news.mode, 8) });
      return { path: news.path };
    }),
  delete: ({ output }) => Effect.sync(() => rmSync(output.path, { force: true })),
});
const files = JSON.parse(readFileSync("files.json", "utf8"));
const all = Effect.gen(function* () {
  for (const file of files) yield* File(file.path.split("/").at(-1), file);
});
export default Alchemy.Stack("bench", { providers, state: localState() }, all);
`;

/** Installs it in a folder, on a disk; undefined where it cannot be had. */
export function installAlchemy(place: string): Applier | undefined {
  const overrides = Object.fromEntries(EFFECTS.map((name) => [`@effect/${name}`, EFFECT]));
  const dependencies = { alchemy: VERSION, effect: EFFECT, "@effect/platform-node": EFFECT };
  const manifest = { private: true, dependencies, overrides: { ...overrides, effect: EFFECT } };
  writeFileSync(join(place, "package.json"), JSON.stringify(manifest));
  const quick = ["--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps", "--loglevel=error"];
  const { status } = spawnSync("npm", ["install", "--prefix", place, ...quick], {
    ...{ cwd: place, timeout: INSTALL_MS, stdio: ["ignore", "ignore", "inherit"] },
  });
  return status === 0 ? alchemyIn(join(place, "node_modules")) : undefined;
}

function alchemyIn(modules: string): Applier {
  return {
    name: `alchemy ${VERSION}`,
    declare(home, files) {
      symlinkSync(modules, join(home, "node_modules"));
      writeFileSync(join(home, "alchemy.run.mjs"), STACK);
      writeFileSync(join(home, "files.json"), JSON.stringify(files));
      return {
        program: process.execPath,
        words: [join(modules, "alchemy/bin/cli.js"), "deploy", "--yes", "--no-input", "alchemy.run.mjs"],
        folder: home,
        env: { PATH: process.env.PATH, HOME: home },
      };
    },
  };
}
