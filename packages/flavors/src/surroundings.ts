/** What Muster's own environment is to a flavor, and what a command sees of it. */
import type { Observed } from "@muster/model";
import { type PlainOrSecret, revealed } from "@muster/plugin";

/** The environment in which Muster runs, given in: secrets are read from it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where programs and files are, and how people write. All else is declared: no secret gets to a command by chance. */
const PASSED_ON = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"] as const;

/** The member's own words, as its tags have them. */
const WORDS = {
  MUSTER_STACK: "muster.stack",
  MUSTER_GROUP: "muster.owner",
  MUSTER_SLOT: "muster.slot",
  MUSTER_PORT: "muster.port",
} as const;

/** What a command is given when it is run about a member. What is declared goes over all else. */
export function commandEnvironment(
  env: Environment,
  { id, tags }: Observed,
  declared: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const passedOn = PASSED_ON.map((name) => [name, env[name]]);
  const words = Object.entries(WORDS).map(([name, tag]) => [name, tags[tag]]);
  const known = [...passedOn, ...words].filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), MUSTER_ID: id, ...declared };
}

/** The values themselves, for the moment in which they are used. Throws `retryable` when one cannot be read. */
export function revealAll(values: Readonly<Record<string, PlainOrSecret>>, env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, revealed(value, env)]));
}
