/** A command, as it is declared: the health question of `command`, and a hook. */
import { isAbsolute } from "node:path";
import { probeCommand } from "@muster/checks/probes";
import type { Observed, Verdict } from "@muster/model";
import { ProviderError, plainOrSecret } from "@muster/plugin";
import { z } from "zod";
import { commandEnvironment, type Environment, revealAll } from "./surroundings.ts";

const commandLine = z.tuple([z.string().min(1)], z.string());

export const program = {
  command: commandLine.describe("A program and its arguments, run where Muster runs, without a shell"),
  env: z
    .record(z.string(), plainOrSecret)
    .optional()
    .describe("What it is given besides `MUSTER_ID`, `MUSTER_SLOT` and the like; a value may be a secret"),
};

const whole = z.strictObject(program);
export type Program = z.infer<typeof whole>;

/** Runs it about a member. Secrets are read only now. Throws `retryable` when one cannot be read. */
export async function runProgram(
  { command, env: declared = {} }: Program,
  observed: Observed,
  env: Environment,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Verdict> {
  const values = revealAll(declared, env);
  const hidden = Object.keys(values).flatMap((name) =>
    typeof declared[name] === "string" ? [] : (values[name] ?? []),
  );
  return probeCommand({ command, env: commandEnvironment(env, observed, values), hidden, timeoutMs }, signal);
}

/** Throws `invalid` when it would mean another program wherever Muster is started. */
export function refuseUnrunnable({ command: [program] }: Program): void {
  if (!program.includes("/") || isAbsolute(program)) return;
  const fix = "give its absolute path, or its name where it is in PATH";
  throw new ProviderError("invalid", `\`command\`: where ${program} is depends on where Muster is started; ${fix}`);
}
