/** A home of its own for a Muster that is going to be killed, with what is not Muster's in it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KINDS } from "./orders.ts";

export interface House {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly socket: string;
  readonly store: string;
  readonly instances: string;
  /** Where each group of `file` has a directory of its own. */
  readonly files: string;
  /** Resolves as soon as Muster writes to its store, or makes or takes away an instance; or with the signal. */
  nextWrite(signal: AbortSignal): Promise<void>;
  /** What lies there though Muster has ended, and what became of what is not Muster's. */
  leftovers(): readonly string[];
  remove(): void;
}

/** Somebody's notes, and an instance that another program made. */
const STRANGERS: Readonly<Record<string, string>> = {
  "notes.txt": "buy milk\n",
  "instance-1": JSON.stringify({ ID: "instance-1", LogicalID: null, Tags: { theirs: "yes" }, Spec: {} }),
};

export function openHouse(): House {
  const dir = mkdtempSync(join(tmpdir(), "muster-crash-"));
  const state = join(dir, "state");
  const run = join(dir, "run");
  const instances = join(state, "instance-file");
  const files = join(dir, "files");
  mkdirSync(run, { mode: 0o700 });
  mkdirSync(instances, { recursive: true, mode: 0o700 });
  for (const { type, group } of KINDS) if (type === "file") mkdirSync(join(files, group), { recursive: true });
  for (const [name, text] of Object.entries(STRANGERS)) writeFileSync(join(instances, name), text);
  return {
    ...{ dir, instances, files },
    env: {
      PATH: process.env["PATH"],
      HOME: dir,
      XDG_RUNTIME_DIR: run,
      MUSTER_STATE_DIR: state,
      MUSTER_CACHE_DIR: join(tmpdir(), "muster-tests-cache"),
    },
    socket: join(run, "muster/muster.sock"),
    store: join(state, "store.sqlite"),
    nextWrite: (signal) => nextChange([state, instances], signal),
    leftovers: () => [
      ...namesBelow(run).filter((name) => !DIRECTORIES.includes(name)),
      ...readdirSync(state).filter((name) => !STATE.includes(name)),
      ...Object.entries(STRANGERS).flatMap(([name, text]) =>
        readFileSync(join(instances, name), "utf8") === text ? [] : `${name}, which is not Muster's, was changed`,
      ),
    ],
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

async function nextChange(directories: readonly string[], signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  const watchers = directories.map((directory) => watch(directory, () => resolve()));
  await promise;
  for (const watcher of watchers) watcher.close();
}

const DIRECTORIES: readonly string[] = ["muster", "muster/plugins"];
const STATE: readonly string[] = ["instance-file", "store.sqlite"];

function namesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" });
}
