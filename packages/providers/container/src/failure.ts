import { type FailureKind, ProviderError } from "@muster/plugin";
import type { Refusal } from "./engine/engine.ts";

/**
 * What an engine's own words mean for whoever tries again, the first that fits: statuses alone do not tell a port that is
 * taken from a user that does not exist. Docker's words and Podman's.
 */
const SAID: readonly (readonly [RegExp, FailureKind])[] = [
  [/no space left on device|disk quota exceeded/i, "no-space"],
  [/port is already allocated|address already in use/i, "retryable"],
  [/unable to find (?:user|group)|no matching entries in (?:passwd|group) file|no such user/i, "invalid"],
  [
    /executable file not found|command that was not found|exec format error|exec: .*(?:no such file|permission denied)/i,
    "invalid",
  ],
  [/bind source path does not exist|statfs .*: no such file or directory/i, "retryable"],
  [/unauthorized|authentication required|requested access to the resource is denied|incorrect username/i, "denied"],
  [/invalid reference format/i, "invalid"],
];

/** What is said about a refusal; the values that nobody may see are not in it. */
const LONGEST = 500;

/** What an engine's refusal means: it has not been done. */
export function refused(doing: string, { status, message }: Refusal, hidden: readonly string[] = []): ProviderError {
  return new ProviderError(kindOf(status, message), `${doing}: ${withoutSecrets(message, hidden)}`);
}

function kindOf(status: number, message: string): FailureKind {
  const said = SAID.find(([words]) => words.test(message));
  if (said !== undefined) return said[1];
  if (status === 400) return "invalid";
  if (status === 401 || status === 403) return "denied";
  return "retryable";
}

/** In one line, of a bounded length, and with `…` for every secret. */
function withoutSecrets(message: string, hidden: readonly string[]): string {
  // The longest first: one secret may be a part of another.
  const inOrder = hidden.filter((each) => each !== "").toSorted((a, b) => b.length - a.length);
  const open = inOrder.reduce((text, secret) => text.replaceAll(secret, "…"), message);
  const line = open.replaceAll(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}
