/** Running a command as it is declared: its directory, its environment, its user. */
import { type Ended, masked, readable, run } from "@muster/checks/probes";
import { durationText } from "@muster/model";
import { asProviderError, ProviderError } from "@muster/plugin";
import {
  accountFor,
  assertDirectory,
  assertHarmless,
  type Environment,
  environmentFor,
  programAt,
  runAs,
} from "@muster/provider-process";
import type { CommandTaskProperties, Words } from "./properties.ts";

/** One of the commands of a declaration. */
export interface Asked {
  readonly words: Words;
  readonly timeoutMs: number;
  /** The property that it stands in; missing: `command`. */
  readonly named?: "onlyIf" | "unless";
}

/** When its time is over a command is asked to end, and has so long for it. */
const GRACE_MS = 5_000;

/** Of what a command has printed, so much is told where it fails. */
const MOST_LINES = 5;
const MOST_CHARACTERS = 800;

/** Throws where it can never be run so. Neither the program nor the user has to be there yet. */
export function assertPossible(want: CommandTaskProperties): void {
  try {
    assertHarmless(want.env, accountOf(want));
  } catch (thrown) {
    if (asProviderError(thrown).kind !== "retryable") throw thrown;
  }
}

/** The code with which it exits. Throws where it does not exit by itself, or cannot be run. */
export async function exitCodeOf(
  want: CommandTaskProperties,
  asked: Asked,
  env: Environment,
  signal: AbortSignal,
): Promise<number> {
  const { ended, hidden } = await ran(want, asked, env, signal);
  if (ended.kind === "exited") return ended.code;
  throw failureOf(ended, asked, hidden);
}

/** Runs it until it has done its work. Throws where it has not. */
export async function doneBy(
  want: CommandTaskProperties,
  asked: Asked,
  env: Environment,
  signal: AbortSignal,
): Promise<void> {
  const { ended, hidden } = await ran(want, asked, env, signal);
  if (ended.kind === "exited" && (want.returns ?? [0]).includes(ended.code)) return;
  throw failureOf(ended, asked, hidden);
}

async function ran(
  want: CommandTaskProperties,
  { words: [name, ...args], timeoutMs, named }: Asked,
  own: Environment,
  signal: AbortSignal,
): Promise<{ readonly ended: Ended; readonly hidden: readonly string[] }> {
  const account = accountOf(want);
  const cwd = want.cwd ?? "/";
  const env = environmentFor(want.env, account, own);
  assertHarmless(want.env, account);
  assertDirectory(cwd);
  const program = programAt(name, env["PATH"] ?? "", cwd, named);
  const [first = program, ...rest] = [...runAs(account), program, ...args];
  const asked = { command: [first, ...rest] as const, env, cwd, timeoutMs, graceMs: GRACE_MS, mostOutput: Infinity };
  return { ended: await run(asked, signal), hidden: secretsOf(want, env) };
}

/** A user that is not there yet may be made later, by a command before this one. */
function accountOf({ user }: CommandTaskProperties): ReturnType<typeof accountFor> {
  try {
    return accountFor(user);
  } catch (thrown) {
    const { kind, message } = asProviderError(thrown);
    throw new ProviderError(kind === "invalid" ? "retryable" : kind, `user: ${message}`, { cause: thrown });
  }
}

function secretsOf({ env = {} }: CommandTaskProperties, values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => (typeof value === "string" ? [] : (values[name] ?? [])));
}

function failureOf(ended: Ended, { words: [name], timeoutMs, named }: Asked, hidden: readonly string[]): ProviderError {
  const program = named === undefined ? name : `\`${named}\`: ${name}`;
  switch (ended.kind) {
    case "exited":
      return new ProviderError("retryable", `${program} exited with ${ended.code}${lastWords(ended.lines, hidden)}`);
    case "killed":
      return new ProviderError("retryable", `${program} was ended by ${ended.signal}${lastWords(ended.lines, hidden)}`);
    case "late":
    case "flood": {
      const time = durationText(timeoutMs);
      return new ProviderError("unknown", `${program} did not end within ${time}${lastWords(ended.lines, hidden)}`);
    }
    case "let-go":
      return new ProviderError("unknown", `${program} was ended: nobody waited for it any more`);
    case "not-run":
      return new ProviderError(
        "retryable",
        readable(named === undefined ? ended.reason : `\`${named}\`: ${ended.reason}`),
      );
  }
}

/** The last lines that it has printed, the last one whatever the room. */
function lastWords(lines: readonly string[], hidden: readonly string[]): string {
  const shown: string[] = [];
  let room = MOST_CHARACTERS;
  for (const line of lines.slice(-MOST_LINES).toReversed()) {
    const text = readable(masked(line, hidden));
    room -= text.length;
    if (room < 0) break;
    shown.unshift(text);
  }
  return shown.length === 0 ? "" : `: ${shown.join(" | ")}`;
}
