/** Starting a process: everything that can be known beforehand is asked first, and what fails leaves nothing behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { type JsonObject, messageOf, systemCodeOf, type Tags } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { accountFor, runAs } from "./accounts.ts";
import { endsDirectory, makeEnds } from "./ends.ts";
import { attempt } from "./failure.ts";
import { homeIn, makeHome, removeHome } from "./home.ts";
import { leaderCommand } from "./leader.ts";
import { markVariables } from "./mark.ts";
import type { MemoryLimits } from "./memory.ts";
import { assertNobodyListens } from "./ports.ts";
import type { ProcessProperties } from "./properties.ts";
import { assertDirectory, assertHarmless, type Environment, environmentFor, programAt } from "./surroundings.ts";

/** Throws where a process can never be so on this machine. Touches nothing. */
export function assertPossible(want: ProcessProperties, memory: MemoryLimits): void {
  assertHarmless(want.env, accountFor(want.user));
  if (want.limits?.memory !== undefined) memory.assertPossible();
}

export interface Start {
  readonly dir: string;
  readonly id: string;
  readonly want: ProcessProperties;
  readonly tags: Tags;
  readonly memory: MemoryLimits;
  readonly env: Environment;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What is declared of a thing of another type that this process is. */
  readonly thing?: JsonObject | undefined;
  /** Puts into its directory what it needs besides. */
  furnish?(): void;
}

/** Returns when the leader lives and bears its mark. */
export async function start(asked: Start): Promise<ChildProcess> {
  const { dir, id, want, tags, memory, env: own, now, thing } = asked;
  assertPossible(want, memory);
  const account = accountFor(want.user);
  const cwd = want.cwd ?? "/";
  assertDirectory(cwd);
  const environment = environmentFor(want.env, account, own);
  const program = programAt(want.command, environment["PATH"] ?? "", cwd);
  assertNobodyListens(want.port);
  const env = { ...environment, ...markVariables(id, dir, tags) };

  const home = homeIn(dir, id);
  makeDirectories(dir);
  makeHome(home, { tags, properties: want, made: now, thing }, asked.furnish);
  try {
    const limit = want.limits?.memory;
    const [shell, ...words] = leaderCommand({
      ends: endsDirectory(dir),
      home,
      id,
      memoryEntrance: limit === undefined ? undefined : memory.limit(id, limit),
      limits: want.limits ?? {},
      command: [...runAs(account), program, ...(want.args ?? [])],
    });
    return await begun(() => spawn(shell, words, { cwd, env, detached: true, stdio: "ignore" }));
  } catch (thrown) {
    memory.remove(id);
    removeHome(dir, id);
    throw thrown;
  }
}

/** A directory that was removed is made again, but not the one above it: that may be a disk that was taken away. */
function makeDirectories(dir: string): void {
  attempt(dir, () => {
    try {
      mkdirSync(dir, { mode: 0o700 });
    } catch (thrown) {
      if (systemCodeOf(thrown) !== "EEXIST") throw thrown;
      return;
    }
    makeEnds(dir);
  });
}

/** Nothing was done where the system refuses to start it. */
async function begun(begin: () => ChildProcess): Promise<ChildProcess> {
  try {
    const child = begin();
    if (child.pid === undefined) await new Promise((_, reject) => child.once("error", reject));
    child.unref();
    return child;
  } catch (thrown) {
    const kind = systemCodeOf(thrown) === "E2BIG" ? "invalid" : "retryable";
    throw new ProviderError(kind, `it cannot be started: ${messageOf(thrown)}`, { cause: thrown });
  }
}
