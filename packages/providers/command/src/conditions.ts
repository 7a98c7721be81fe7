/** Is it due? Asking changes nothing, as far as the commands that are asked only ask. */
import { statSync } from "node:fs";
import { messageOf, systemCodeOf } from "@muster/model";
import { failureKindOf, ProviderError } from "@muster/plugin";
import type { Environment } from "@muster/provider-process";
import { type CommandTaskProperties, questionsOf, timeoutOf } from "./properties.ts";
import { exitCodeOf } from "./running.ts";

/** Everybody who looks waits for the answer. */
const LONGEST_QUESTION_MS = 30_000;

/**
 * Why it is due, in a few words; undefined where it is not.
 *
 * @throws ProviderError where that cannot be told
 */
export async function whyDue(
  want: CommandTaskProperties,
  env: Environment,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { creates } = want;
  if (want.refreshOnly === true) return undefined;
  const reasons: string[] = [];
  if (creates !== undefined) {
    if (isThere(creates)) return undefined;
    reasons.push(`${creates} is not there`);
  }
  const timeoutMs = Math.min(timeoutOf(want), LONGEST_QUESTION_MS);
  for (const words of questionsOf(want.unless)) {
    const code = await exitCodeOf(want, { words, timeoutMs, named: "unless" }, env, signal);
    if (code === 0) return undefined;
    reasons.push(`\`unless\` exited with ${code}`);
  }
  for (const words of questionsOf(want.onlyIf)) {
    const code = await exitCodeOf(want, { words, timeoutMs, named: "onlyIf" }, env, signal);
    if (code !== 0) return undefined;
  }
  if (want.onlyIf !== undefined) reasons.push("`onlyIf` exited with 0");
  return reasons.join(", ");
}

/** Throws where that cannot be told. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOTDIR") return false;
    throw new ProviderError(failureKindOf(thrown), `creates: ${messageOf(thrown)}`, { cause: thrown });
  }
}
