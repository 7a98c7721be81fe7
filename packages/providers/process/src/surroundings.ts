/** What a process is started with: its environment, its directory, its program. */
import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import { ProviderError, revealed } from "@muster/plugin";
import type { Account } from "./accounts.ts";
import { ifThere } from "./failure.ts";
import type { ProcessProperties } from "./properties.ts";

/** Of the process in which Muster runs. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What of Muster's own environment goes on to a process. The rest, secrets among it, does not. */
const PASSED_ON = ["PATH", "HOME", "LANG", "USER", "TMPDIR"] as const;

const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** These change what every program does that is started with them, and the leader of another's process is root's. */
const OF_THE_LOADER = /^(LD_.*|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|MALLOC_.*)$/;

/**
 * The whole environment, secrets and all.
 *
 * @throws ProviderError `retryable`: a secret is not where it is to be read
 */
export function environmentFor(
  env: ProcessProperties["env"],
  account: Account | undefined,
  own: Environment,
): Readonly<Record<string, string>> {
  const passed = PASSED_ON.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]));
  const of: Readonly<Record<string, string>> = account === undefined ? {} : { HOME: account.home, USER: account.name };
  const declared = Object.entries(env ?? {}).map(
    ([name, value]) => [name, bearable(name, revealed(value, own))] as const,
  );
  return { PATH: USUAL_PATH, ...Object.fromEntries(passed), ...of, ...Object.fromEntries(declared) };
}

/** The value is not told: it may be a secret. */
function bearable(name: string, value: string): string {
  if (!value.includes("\0")) return value;
  throw new ProviderError("invalid", `env.${name} contains a zero byte: no environment can hold it`);
}

/** Throws `invalid`: what would act on root's own programs is not passed to somebody else's. */
export function assertHarmless(env: ProcessProperties["env"], account: Account | undefined): void {
  const name = account === undefined ? undefined : Object.keys(env ?? {}).find((each) => OF_THE_LOADER.test(each));
  if (name === undefined) return;
  const where = "set it in a script of that user that starts the program";
  throw new ProviderError(
    "invalid",
    `env.${name} would act on programs of root's too, not only on those of \`user\`: ${where}`,
  );
}

/** Throws `retryable` where it is not there: it may be made later. */
export function assertDirectory(cwd: string): void {
  if (ifThere(() => statSync(cwd))?.isDirectory() === true) return;
  throw new ProviderError("retryable", `cwd: ${cwd} is not a directory`);
}

/**
 * The program's own path.
 *
 * @param named where it is declared, for whoever reads that it is not there
 * @throws ProviderError `retryable`: there is none (it may be installed later), or it may not be run
 */
export function programAt(command: string, path: string, cwd: string, named = "command"): string {
  const isPath = command.includes("/");
  const places = isPath ? [resolve(cwd, command)] : path.split(":").map((each) => resolve(cwd, each, command));
  const found = places.filter((place) => ifThereAndReachable(() => statSync(place))?.isFile() === true);
  const program = found.find(isExecutable);
  if (program !== undefined) return program;
  if (found[0] !== undefined) throw new ProviderError("retryable", `${named}: ${found[0]} is not executable`);
  const where = isPath ? `there is no file ${places[0]}` : `there is no program \`${command}\` on the PATH ${path}`;
  throw new ProviderError("retryable", `${named}: ${where}`);
}

function ifThereAndReachable<T>(call: () => T): T | undefined {
  try {
    return ifThere(call);
  } catch {
    // A part of the way is a file, or closed to us: from here it is not there.
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
